import { SheepError } from '@sheep/core';
import { describe, expect, it } from 'vitest';
import { readExamples, type ExampleFormat } from './examples.js';

const read = (text: string, format: ExampleFormat) => readExamples([{ name: 'notes', text }], format);

describe('readExamples', () => {
  it('makes each line a text to learn, and passes over empty ones', () => {
    expect(read('one\r\n\n  \n two \nthree', 'lines')).toEqual([
      { name: 'notes:1', prompt: '', completion: 'one' },
      { name: 'notes:4', prompt: '', completion: ' two ' },
      { name: 'notes:5', prompt: '', completion: 'three' },
    ]);
  });

  it('reads prompts and completions, and texts, from JSON lines', () => {
    const lines = ['{"prompt":"2+2=","completion":" 4\\n","id":7}', '', '{"text":"sheep"}'].join('\n');
    expect(read(lines, 'jsonl')).toEqual([
      { name: 'notes:1', prompt: '2+2=', completion: ' 4\n' },
      { name: 'notes:3', prompt: '', completion: 'sheep' },
    ]);
  });

  it('goes on with the next file, each with line numbers of its own', () => {
    const documents = ['a\nb', 'c'].map((text, i) => ({ name: `${i}.txt`, text }));
    expect(readExamples(documents, 'lines').map(({ name }) => name)).toEqual(['0.txt:1', '0.txt:2', '1.txt:1']);
  });

  it.each([
    'sheep',
    '{"prompt":"a","completion":"b"',
    '{"prompt":"a"}',
    '{"prompt":"a","completion":""}',
    '{"prompt":3,"completion":"b"}',
    '{"text":["b"]}',
    '{"text":"a","completion":"b"}',
    'null',
    '[]',
    '3',
  ])('refuses %s, with file and line', (line) => {
    let error: unknown;
    try {
      read(`{"text":"fine"}\n\n${line}`, 'jsonl');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SheepError);
    expect((error as SheepError).code).toBe('bad-file');
    expect((error as SheepError).message).toContain('reading notes:3: expected {"prompt": "…", "completion": "…"} or');
    expect((error as SheepError).parts.received).toBe(line);
  });

  it('refuses files without an example', () => {
    expect(() => read('\n \n', 'lines')).toThrow('reading notes: expected at least one example, received only empty');
  });
});
