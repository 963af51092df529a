import type { Dice } from './dice.js';

/** What stands for what in a story, as in `hero` → `Pip`. A value may hold slots itself. */
export type Slots = Readonly<Record<string, string>>;

const MARK = /\[([^\]]+)\]|\{(a )?([A-Za-z.]+)\}/gi;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const small = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const withArticle = (noun: string): string => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);

/**
 * The text of a template:
 * `[happy|glad]` is one of the two; `{hero}` is what the slot holds; `{Hero}` is that with a capital letter; `{a color}` and
 * `{A color}` put the right article before it.
 *
 * @throws Error for a slot that is not there: the mistake is in the templates.
 */
export function expand(template: string, slots: Slots, dice: Dice): string {
  return template.replace(MARK, (mark: string, choice?: string, article?: string, slot?: string) => {
    if (choice !== undefined) return expand(dice.pick(choice.split('|')), slots, dice);
    const value = slots[small(slot as string)];
    if (value === undefined) throw new Error(`no slot for ${mark} in: ${template}`);
    const text = expand(value, slots, dice);
    const phrase = article === undefined ? text : withArticle(text);
    return /^\{[A-Z]/.test(mark) ? capital(phrase) : phrase;
  });
}
