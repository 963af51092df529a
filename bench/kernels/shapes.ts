import { configurations } from '../steps/time-steps.js';

/** A product of a training step: C is m x n, k long. */
export interface ProductShape {
  readonly configuration: string;
  /** As in `up, forward`. */
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The three products of a linear layer of B*T rows: forward, for its input's gradient, for its weight's. */
function layerProducts(configuration: string, layer: string, rows: number, width: number, out: number): ProductShape[] {
  const [plain, name] = [
    { configuration, transposeA: false, transposeB: false },
    (what: string) => `${layer}, ${what}`,
  ];
  return [
    { ...plain, name: name('forward'), m: rows, n: out, k: width },
    { ...plain, name: name('dx = dy W^T'), m: rows, n: width, k: out, transposeB: true },
    { ...plain, name: name('dW = x^T dy'), m: width, n: out, k: rows, transposeA: true },
  ];
}

/** The products of the linear layers and of the head at the bench's configurations. */
export function productShapes(): ProductShape[] {
  return Object.entries(configurations).flatMap(([configuration, sizes]) => {
    const { embeddingSize: width, feedForwardSize, vocabSize } = sizes;
    const rows = sizes.batchSize * sizes.contextLength;
    const layers = [
      ['qkv', width, 3 * width],
      ['projection', width, width],
      ['up', width, feedForwardSize],
      ['down', feedForwardSize, width],
    ] as const;
    // The head's weight lies the other way round.
    const head = [
      { name: 'head, forward', m: rows, n: vocabSize, k: width, transposeA: false, transposeB: true },
      { name: 'head, dx = dy W', m: rows, n: width, k: vocabSize, transposeA: false, transposeB: false },
      { name: 'head, dW = dy^T x', m: vocabSize, n: width, k: rows, transposeA: true, transposeB: false },
    ].map((one) => ({ configuration, ...one }));
    // Those of vocab differ from wiki's in the head alone.
    if (configuration === 'vocab') return head;
    return [...layers.flatMap(([name, k, n]) => layerProducts(configuration, name, rows, k, n)), ...head];
  });
}
