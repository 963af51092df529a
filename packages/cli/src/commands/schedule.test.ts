import { readFile, writeFile } from 'node:fs/promises';
import { scheduleKinds } from '@sheep/train';
import { describe, expect, it } from 'vitest';
import { inEmptyFolder, runMain } from '../../test/run-main.js';

const draw = (...options: string[]) => runMain('schedule', ...options);

/** The cells of the table by their line's first one. */
function rowsOf(stdout: string): Record<string, string[]> {
  const lines = stdout.split('\n\n')[0].split('\n').slice(1);
  return Object.fromEntries(lines.map((line) => line.trim().split(/ +/)).map(([name, ...cells]) => [name, cells]));
}

describe('sheep schedule', () => {
  inEmptyFolder();

  it('shows the rates of all kinds along a run and draws them', async () => {
    const numbers = ['--max-steps', '1000', '--learning-rate', '1e-3', '--set', 'train.schedule.warmupSteps=100'];
    const { code, stdout, stderr } = await draw(...numbers);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ +0 % +25 % +50 % +75 % +100 %\n/);
    expect(stdout).toMatch(/\n\ndrew schedules\.png\n$/);
    const rows = rowsOf(stdout);
    expect(Object.keys(rows)).toEqual(['step', ...scheduleKinds]);
    expect(rows.step).toEqual(['1', '250', '500', '750', '1,000']);
    // Peak 1e-3, minimum 1e-4, 900 steps behind the warm-up.
    expect(rows.constant).toEqual(['1.00e-5', '1.00e-3', '1.00e-3', '1.00e-3', '1.00e-3']);
    expect(rows.linear).toEqual(['1.00e-5', '8.50e-4', '6.00e-4', '3.50e-4', '1.00e-4']);
    expect(rows['warmup-stable-decay']).toEqual(['1.00e-5', '1.00e-3', '1.00e-3', '1.00e-3', '1.00e-4']);
    expect(rows['inverse-sqrt']).toEqual(['1.00e-5', '6.32e-4', '4.47e-4', '3.65e-4', '3.16e-4']);
    expect(rows['one-cycle'][4]).toBe('1.00e-4');
    expect((await readFile('schedules.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  it('draws those that are named as SVG, each with its own settings', async () => {
    const settings = ['decaySteps=600', 'cycles=2', 'warmupSteps=0', 'minLearningRate=0'].flatMap((setting) => [
      '--set',
      `train.schedule.${setting}`,
    ]);
    const kinds = ['warmup-stable-decay', 'cosine-restarts'];
    const numbers = ['--max-steps', '1000', '--learning-rate', '1'];
    const { code, stdout } = await draw(...kinds, ...numbers, ...settings, '--out', 'two.svg');
    expect(code).toBe(0);
    expect(rowsOf(stdout)['warmup-stable-decay'].slice(1)).toEqual(['1.00e+0', '8.33e-1', '4.17e-1', '0.00e+0']);
    expect(rowsOf(stdout)['cosine-restarts'].slice(1)).toEqual(['5.00e-1', '1.00e+0', '5.00e-1', '0.00e+0']);
    const svg = await readFile('two.svg', 'utf8');
    expect(svg).toMatch(/^<svg/);
    for (const kind of kinds) expect(svg).toContain(`>${kind}</text>`);
    expect(svg).not.toContain('>linear</text>');
  });

  it('shows the rates that a run has', async () => {
    await writeFile(
      'tiny.yaml',
      'train: { learningRate: 0.01, maxSteps: 40, schedule: { kind: piecewise, boundaries: [22, 31], factor: 0.5 } }',
    );
    const { stdout, stderr } = await draw('piecewise', '--config', 'tiny.yaml', '--out', 'one.png');
    expect(stderr).toBe("warm-up shortened from 60 to 4 steps, a tenth of the run's 40\n");
    expect(rowsOf(stdout).piecewise).toEqual(['2.50e-3', '1.00e-2', '1.00e-2', '5.00e-3', '2.50e-3']);
  });

  it.each([
    [['cosin'], "did you mean 'cosine'?"],
    [['--out', 'a.jpg'], 'a file name that ends in .png or .svg'],
    [['--set', 'train.maxSteps=null', '--set', 'train.maxEpochs=1'], 'give --max-steps'],
    [['cosine', '--set', 'train.schedule.cycles=2'], 'take the kind that has it, cosine-restarts'],
    [['--set', 'train.schedule.minLearningRate=0'], 'a minimum above 0 for an exponential'],
  ])('refuses %j in one line', async (options, message) => {
    const { code, stderr } = await draw(...options);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^sheep: [^\n]+\n$/);
  });
});
