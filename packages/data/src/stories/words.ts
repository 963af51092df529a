// Few words, so that a small model can learn to write them all in a few minutes.

export const BOYS = ['Tom', 'Ben', 'Sam', 'Max', 'Leo', 'Finn'] as const;

export const GIRLS = ['Lily', 'Anna', 'Mia', 'Lucy', 'Rosie', 'Emma'] as const;

/** Animals that walk on the ground, so that each of them can do what a plot asks. */
export const ANIMALS = ['fox', 'rabbit', 'mouse', 'bear', 'badger', 'hedgehog'] as const;

/** None of them is what a plot is about: a hero may be afraid or in the wrong. */
export const TRAITS = ['cheerful', 'gentle', 'curious', 'playful', 'merry', 'friendly'] as const;

export const COLORS = ['red', 'blue', 'green', 'yellow', 'white'] as const;

export const ELDERS = ['mother', 'father', 'grandmother', 'grandfather'] as const;

export const HOMES = ['a small house', 'a cozy cottage', 'a little red house', 'a house with a blue door'] as const;

/** Behind "lived in a small house". */
export const PLACES = ['at the edge of the forest', 'by the sea', 'near the river', 'in a small village'] as const;
