/**
 * Perplexity of a mean loss in nats a token: exp(loss). Infinite where the loss is, or where it lies above 709.78, the
 * logarithm of the largest double.
 */
export function perplexity(loss: number): number {
  return Math.exp(loss);
}
