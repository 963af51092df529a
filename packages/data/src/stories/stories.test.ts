import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cast } from './cast.js';
import { embeddedCorpus } from './corpus.js';
import { diceOf } from './dice.js';
import { expand } from './expand.js';
import { generateStories } from './generate-stories.js';
import { PLOTS } from './plots/index.js';

const FIRST_STORY = [
  'Once upon a time, a cheerful bear named Tom lived in a cozy cottage near the river. More than anything, he wanted to whistle.',
  'The first time he tried, only air came out. No matter how often he tried, it was no better. "It is too hard for me," he said, and he wanted to stop.',
  'Lucy the mouse had seen it all. "Make your lips small and blow softly," said Lucy, "and do not give up." So Tom tried it that way, every day, a little better each time.',
  'Then, one fine day, a clear, sweet sound came out. "I knew you could do it," said Lucy. From then on, they often whistled a happy song together. Everything is hard before it is easy.',
];
const SHA_256 = '1d8633b95a82995d636e748684f6cbfbdb5a0d4aff564596b6ef7505b7d38371';

const text = generateStories();
const stories = text.trimEnd().split('\n\n');

describe('every template of every plot', () => {
  it.each(PLOTS.map((plot, index) => [index, plot] as const))(
    'has its slots and ends a sentence: plot %i',
    (index, plot) => {
      for (const pool of [...plot.want, ...plot.trouble, ...plot.turn, ...plot.ending].flat()) {
        for (const fields of plot.cases) {
          const sentence = expand(pool, { ...cast(plot, diceOf(5, index)), ...fields }, diceOf(6, index));
          expect(sentence).toMatch(/^["A-Z].*[.?]"?$/);
          expect(sentence).not.toMatch(/[{}[\]|]/);
        }
      }
    },
  );
});

describe('generateStories', () => {
  it('writes the same bytes everywhere', () => {
    expect(stories[0]).toBe(FIRST_STORY.join('\n'));
    expect(createHash('sha256').update(text).digest('hex')).toBe(SHA_256);
  });

  it('ends with the story that reaches the size, and a longer text starts with a shorter one', () => {
    expect(text.length).toBeGreaterThanOrEqual(1_000_000);
    expect(text.length).toBeLessThan(1_001_000);
    expect(text.startsWith(generateStories({ bytes: 5000 }))).toBe(true);
    expect(generateStories({ bytes: 1 })).toBe(`${stories[0]}\n`);
    expect(generateStories({ bytes: 1, seed: 2 })).not.toBe(`${stories[0]}\n`);
  });

  it('has several thousand different sentences and hardly a story twice', () => {
    const sentences = text.split(/(?<=[.?]"?)\s+/);
    expect(new Set(sentences).size).toBeGreaterThan(4000);
    expect(new Set(stories).size).toBe(stories.length);
  });

  it('has stories of four paragraphs and a readable length in a small alphabet', () => {
    for (const story of stories) {
      expect(story.split('\n')).toHaveLength(4);
      expect(story.length).toBeGreaterThan(400);
      expect(story.length).toBeLessThan(1000);
    }
    expect(text).toMatch(/^[A-Za-z ,.?"\n]+$/);
    expect(new Set(text).size).toBeLessThan(60);
  });

  it('is tidy English: articles, capitals, quotes, spaces', () => {
    const offenders = (pattern: RegExp): string[] => [...text.matchAll(pattern)].slice(0, 3).map(([match]) => match);
    expect(offenders(/.*\b(?:[Aa] [aeiou]|[Aa]n [^aeiou]).*/g)).toEqual([]);
    expect(offenders(/.*(?: {2}| [,.?]|[,.?]{2}| \n).*/g)).toEqual([]);
    expect(offenders(/(?:[.] "?|\n"?|^"?)[a-z].*/g)).toEqual([]);
    expect(offenders(/.*\b(the|a|and|to|his|her|he|she) \1\b.*/g)).toEqual([]);
    const unpaired = text.split('\n').filter((paragraph) => paragraph.split('"').length % 2 === 0);
    expect(unpaired).toEqual([]);
  });

  it('calls its two characters by pronouns that differ', () => {
    for (let story = 0; story < 200; story += 1) {
      const slots = cast(PLOTS[story % PLOTS.length], diceOf(1, story));
      expect([slots.he, slots['friend.he']].sort()).toEqual(['he', 'she']);
      expect(slots.kind).not.toBe(slots['friend.kind']);
    }
  });
});

describe('embeddedCorpus', () => {
  it.each([
    ['stories:1mb', { bytes: 1_000_000, seed: 1 }],
    ['stories:20kb', { bytes: 20_000, seed: 1 }],
    ['stories:3KB:7', { bytes: 3000, seed: 7 }],
  ])('%s', (path, options) => {
    expect(embeddedCorpus(path)).toEqual({ name: path, text: generateStories(options) });
  });

  it('leaves other paths alone', () => {
    expect(embeddedCorpus('stories.txt')).toBeUndefined();
    expect(embeddedCorpus('./stories:1mb')).toBeUndefined();
  });

  it.each([
    'stories:',
    'stories:0kb',
    'stories:1',
    'stories:1gb',
    'stories:101mb',
    'stories:1mb:x',
    'stories:1mb:99999999999999999',
  ])('refuses %s', (path) => {
    expect(() => embeddedCorpus(path)).toThrow(`as in stories:1mb or stories:200kb:7, received ${path}`);
  });
});
