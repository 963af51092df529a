import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from './nearest.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['bacth', 'batch', 1],
    ['', 'abc', 3],
  ])('of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('nearest', () => {
  const known = ['batchSize', 'maxSteps', 'learningRate'];

  it.each([
    ['bacthSize', 'batchSize'],
    ['batch_size', 'batchSize'],
    ['max-step', 'maxSteps'],
    ['Learningrate', 'learningRate'],
  ])('takes %s for %s', (name, meant) => expect(nearest(name, known)).toBe(meant));

  it('is silent where nothing is near', () => {
    expect(nearest('temperature', known)).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});
