import { nodeProcess } from './host.js';

/** What a thread tells. */
export interface ThreadListeners {
  /** It sent its first message: it is ready. */
  readonly ready: () => void;
  /** It ended by itself, or never started. */
  readonly ended: (reason: string) => void;
}

/** A thread of JavaScript. */
export interface Thread {
  post(message: unknown): void;
  /** Lets the process end while it lives. */
  release(): void;
  /** Ends it, whatever it does. */
  stop(): Promise<void>;
}

/** Starts a thread that runs `source`, a script: a worker thread of Node, or a Web Worker. */
export function startThread(source: string, listeners: ThreadListeners): Thread {
  const node = nodeProcess();
  return node
    ? startInNode(node.getBuiltinModule('node:worker_threads'), source, listeners)
    : startInBrowser(source, listeners);
}

type WorkerThreads = typeof import('node:worker_threads');

function startInNode({ Worker }: WorkerThreads, source: string, { ready, ended }: ThreadListeners): Thread {
  // Without the options of this process: its loaders would be set up again in each thread.
  const worker = new Worker(source, { eval: true, execArgv: [], env: {}, name: 'sheep kernels' });
  worker.once('message', ready);
  worker.once('error', (error) => ended(String(error)));
  worker.once('exit', (code) => ended(`it ended with code ${code}`));
  return {
    post: (message) => worker.postMessage(message, []),
    release: () => worker.unref(),
    stop: async () => {
      await worker.terminate();
    },
  };
}

function startInBrowser(source: string, { ready, ended }: ThreadListeners): Thread {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: 'sheep kernels' });
  const forget = (): void => URL.revokeObjectURL(url);
  worker.addEventListener('message', ready, { once: true });
  worker.addEventListener('error', ({ message }) => ended(message || 'the page does not allow it to start'));
  return {
    post: (message) => worker.postMessage(message, []),
    release: forget,
    stop: async () => {
      forget();
      worker.terminate();
    },
  };
}
