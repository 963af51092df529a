import { lossChart } from './chart.js';
import type { Command, DeviceEvent, WorkerEvent } from './messages.js';

const steps = Number(new URLSearchParams(location.search).get('steps') ?? 500);

const element = (id: string): HTMLElement => document.getElementById(id)!;
const write = (id: string, text: string): void => void (element(id).textContent = text);

const button = element('run') as HTMLButtonElement;
const chart = lossChart(element('chart'));
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const send = (command: Command): void => worker.postMessage(command, []);

let training = false;

/** What the button does next, and the line beside it. */
function set(now: { training: boolean; label: string; waiting?: boolean; status: string }): void {
  training = now.training;
  button.textContent = now.label;
  button.disabled = now.waiting ?? false;
  write('status', now.status);
}

function start(): void {
  chart.begin(steps);
  for (const id of ['step', 'loss', 'validation', 'speed']) write(id, '–');
  element('samples').replaceChildren();
  set({ training: true, label: 'Stop', waiting: true, status: 'Compiling the kernels, writing the stories' });
  send({ type: 'start', steps });
}

function stop(): void {
  set({ training: true, label: 'Stop', waiting: true, status: 'Stopping after this step' });
  send({ type: 'stop' });
}

function showDevice({ backend, build, threads, parameters }: DeviceEvent): void {
  write('backend', backend);
  write('build', build);
  write('threads', String(threads));
  set({ training: true, label: 'Stop', status: `Training ${parameters.toLocaleString('en')} parameters` });
}

function addSample(step: number, text: string): void {
  const sample = document.createElement('article');
  const [heading, story] = [document.createElement('h3'), document.createElement('p')];
  heading.textContent = `Step ${step}`;
  story.textContent = text;
  sample.append(heading, story);
  element('samples').prepend(sample);
}

function end(status: string): void {
  set({ training: false, label: 'Start again', status });
}

function show(event: WorkerEvent): void {
  switch (event.type) {
    case 'device':
      return showDevice(event);
    case 'step':
      write('step', `${event.step} / ${steps}`);
      write('loss', event.loss.toFixed(3));
      write('speed', Math.round(event.tokensPerSecond).toLocaleString('en'));
      return chart.addTraining(event.step, event.loss);
    case 'eval':
      write('validation', event.loss.toFixed(3));
      return chart.addValidation(event.step, event.loss);
    case 'sample':
      return addSample(event.step, event.text);
    case 'stop':
      return end(`Ended: ${event.message}, ${event.elapsed.toFixed(1)} seconds`);
    case 'failure':
      return end(event.message);
  }
}

button.addEventListener('click', () => (training ? stop() : start()));
worker.addEventListener('message', ({ data }: MessageEvent<WorkerEvent>) => show(data));
worker.addEventListener('error', ({ message }) => end(message || 'The worker did not start.'));
write('isolated', crossOriginIsolated ? 'yes' : 'no');
element(crossOriginIsolated ? 'to-plain' : 'to-isolated').hidden = false;
