import { dispose, matMul, randomUniform, type Tensor } from '@tensorflow/tfjs-core';

// Long against the read at its end, short enough that one of several is free of what else the machine does.
const ROUND_MILLISECONDS = 50;

/**
 * How often a second something is done: the best of some rounds of many. Rounds become twice as long until one is long
 * enough, which also wakes threads, compiles and raises the clock; the shorter ones do not count.
 *
 * @param run does it `count` times, and resolves when all of that is done.
 * @param seconds how long it takes in all, where a round does not take longer.
 * @param now milliseconds.
 */
export async function mostPerSecond(
  run: (count: number) => Promise<void>,
  seconds: number,
  now: () => number = () => performance.now(),
): Promise<number> {
  const end = now() + 1000 * seconds;
  const time = async (count: number) => {
    const start = now();
    await run(count);
    return now() - start;
  };
  let count = 1;
  let least = await time(count);
  while (least < ROUND_MILLISECONDS) {
    count *= 2;
    least = await time(count);
  }
  while (now() + least <= end) least = Math.min(least, await time(count));
  return (1000 * count) / least;
}

/** `a` times a power of `b`, read: what is read depends on every product, whenever the device computes them. */
async function multiplyInTurn(a: Tensor, b: Tensor, products: number): Promise<void> {
  let last: Tensor = a;
  for (let i = 0; i < products; i++) {
    const next: Tensor = matMul(last, b);
    if (last !== a) last.dispose();
    last = next;
  }
  await last.data();
  last.dispose();
}

/**
 * The throughput of products of two square matrices on the backend in use: floating-point operations a second.
 *
 * @param size rows and columns of a matrix.
 * @param seconds how long it takes, about.
 */
export async function measureProducts(size: number, seconds: number): Promise<number> {
  // Of variance 1 / size, so that the values keep their magnitude from product to product.
  const bound = Math.sqrt(3 / size);
  const [a, b] = [randomUniform([size, size], -bound, bound), randomUniform([size, size], -bound, bound)];
  try {
    return 2 * size ** 3 * (await mostPerSecond((count) => multiplyInTurn(a, b, count), seconds));
  } finally {
    dispose([a, b]);
  }
}
