import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benches, openBench, torchCases, waves, type KernelBench } from './kernels.fixture.js';

interface Embedding {
  readonly ids: ArrayLike<number>;
  readonly tokens: Float32Array;
  readonly positions?: Float32Array;
  readonly time: number;
  readonly width: number;
  readonly offset: number;
}

describe.each(benches)('embed: $build, $threads threads', (options) => {
  let bench: KernelBench;
  beforeAll(async () => {
    bench = await openBench(options);
  });
  afterAll(() => bench.close());

  const forward = ({ ids, tokens, positions, time, width, offset }: Embedding) => {
    const y = bench.room(ids.length * width);
    const refs = [bench.putInts(ids), bench.put(tokens), positions ? bench.put(positions) : 0, y];
    const sizes = [ids.length, time, width, offset, tokens.length / width, 4];
    bench.run('embed', [...refs, ...sizes], [], Math.ceil(ids.length / 4));
    return bench.read(y, ids.length * width);
  };

  /** Onto `before` where given. */
  const tokensGradient = (e: Embedding, dy: ArrayLike<number>, before?: ArrayLike<number>, blockRows = 3) => {
    const vocabSize = e.tokens.length / e.width;
    const dtokens = before ? bench.put(before) : bench.room(e.tokens.length);
    const sizes = [e.ids.length, e.width, vocabSize, blockRows, before ? 1 : 0];
    const args = [bench.put(dy), bench.putInts(e.ids), dtokens, ...sizes];
    bench.run('embed_tokens_gradient', args, [], Math.ceil(vocabSize / blockRows));
    return bench.read(dtokens, e.tokens.length);
  };

  const positionsGradient = ({ ids, time, width, offset }: Embedding, dy: ArrayLike<number>, positions: number) => {
    const dpositions = bench.room(positions * width);
    const sizes = [ids.length / time, time, width, offset, positions, 2];
    bench.run('embed_positions_gradient', [bench.put(dy), dpositions, ...sizes], [], Math.ceil(positions / 2));
    return bench.read(dpositions, positions * width);
  };

  it.each(torchCases('embed'))('agrees with PyTorch on $name', (torch) => {
    const [[, time], [, width], [positionCount]] = ['in/ids', 'in/tokens', 'in/positions'].map((key) =>
      torch.shape(key),
    );
    const [tokens, positions, dy] = ['in/tokens', 'in/positions', 'dy'].map((key) => torch.values(key));
    const offset = torch.attributes.offset as number;
    const embedding = { ids: torch.ints('in/ids'), tokens, positions, time, width, offset };
    const close = (computed: Float32Array, key: string) => {
      const expected = torch.values(key);
      expect(computed.length).toBe(expected.length);
      computed.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-6));
    };
    close(forward(embedding), 'out/y');
    close(tokensGradient(embedding, dy), 'grad/tokens');
    close(positionsGradient(embedding, dy, positionCount), 'grad/positions');
  });

  it.each([1, 3, 4, 7, 66])('adds in the order of the tokens, to the last bit: width %i', (width) => {
    const ids = Array.from({ length: 24 }, (_, i) => (i * i) % 7);
    const dy = waves(ids.length * width, 3);
    const expected = new Float32Array(7 * width);
    ids.forEach((id, row) => {
      for (let i = 0; i < width; i += 1) expected[id * width + i] += dy[row * width + i];
    });
    const embedding = { ids, tokens: new Float32Array(7 * width), time: 6, width, offset: 0 };
    for (const blockRows of [1, 2, 7, 100]) {
      expect(tokensGradient(embedding, dy, undefined, blockRows)).toEqual(expected);
    }
  });

  it('adds to a gradient that is there', () => {
    const embedding = { ids: [1, 1], tokens: new Float32Array(6), time: 2, width: 2, offset: 0 };
    expect(Array.from(tokensGradient(embedding, [1, 2, 3, 4], [10, 20, 30, 40, 50, 60]))).toEqual([
      10, 20, 34, 46, 50, 60,
    ]);
  });

  it('copies rows without positions', () => {
    const tokens = waves(15);
    const y = forward({ ids: [4, 0, 4], tokens, time: 3, width: 3, offset: 0 });
    expect(y).toEqual(Float32Array.from([...tokens.subarray(12), ...tokens.subarray(0, 3), ...tokens.subarray(12)]));
  });

  it('reads and writes nothing for an id outside of the vocabulary: the row is NaN', () => {
    const embedding = { ids: [-1, 1, 2, 2 ** 31 - 1], tokens: waves(4), time: 4, width: 2, offset: 0 };
    const [a, b] = embedding.tokens.subarray(2);
    expect(Array.from(forward(embedding))).toEqual([NaN, NaN, a, b, NaN, NaN, NaN, NaN]);
    expect(Array.from(tokensGradient(embedding, [1, 2, 3, 4, 5, 6, 7, 8]))).toEqual([0, 0, 3, 4]);
  });
});
