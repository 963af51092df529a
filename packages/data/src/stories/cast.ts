import type { Dice } from './dice.js';
import type { Slots } from './expand.js';
import type { Plot } from './plot.js';
import { ANIMALS, BOYS, COLORS, ELDERS, GIRLS, HOMES, PLACES, TRAITS } from './words.js';

interface Character {
  readonly name: string;
  readonly kind: string;
  readonly he: string;
  readonly him: string;
  readonly his: string;
}

const MALE = { he: 'he', him: 'him', his: 'his' };
const FEMALE = { he: 'she', him: 'her', his: 'her' };

/** Hero and friend: of two kinds, and one is `he` and one `she`, so that a pronoun always says who is meant. */
function pair(dice: Dice): [hero: Character, friend: Character] {
  const heroIsMale = dice.pick([true, false]);
  const he = { name: dice.pick(BOYS), ...MALE };
  const she = { name: dice.pick(GIRLS), ...FEMALE };
  const [kind, friendKind] = dice.shuffle(ANIMALS);
  const heroKind = dice.pick([kind, kind, heroIsMale ? 'boy' : 'girl']);
  const [hero, friend] = heroIsMale ? [he, she] : [she, he];
  return [
    { ...hero, kind: heroKind },
    { ...friend, kind: friendKind },
  ];
}

/**
 * Draws who and what a story is about. The slots:
 * `hero kind trait he him his`, the same of the friend (`friend friend.kind friend.trait friend.he ...`),
 * `elder` (a parent or grandparent of the hero), `home`, `place`, `color`, and the fields of the plot's case.
 */
export function cast(plot: Plot, dice: Dice): Slots {
  const [{ name, ...hero }, friend] = pair(dice);
  const [trait, friendTrait] = dice.shuffle(TRAITS);
  return {
    hero: name,
    ...hero,
    trait,
    friend: friend.name,
    'friend.kind': friend.kind,
    'friend.trait': friendTrait,
    'friend.he': friend.he,
    'friend.him': friend.him,
    'friend.his': friend.his,
    elder: dice.pick(ELDERS),
    home: dice.pick(HOMES),
    place: dice.pick(PLACES),
    color: dice.pick(COLORS),
    ...dice.pick(plot.cases),
  };
}
