/** Where a story plays: `at` after "lived in a house", `out` after "went", spots after "looked". */
export interface Place {
  readonly at: string;
  readonly out: string;
  readonly spots: readonly string[];
}

export const BOYS = ['Tom', 'Ben', 'Sam', 'Max', 'Leo', 'Finn', 'Jack', 'Toby', 'Pip', 'Milo', 'Otto', 'Hugo'] as const;

export const GIRLS = [
  'Lily',
  'Anna',
  'Mia',
  'Lucy',
  'Rosie',
  'Emma',
  'Nora',
  'Daisy',
  'Molly',
  'Ruby',
  'Poppy',
  'Hazel',
] as const;

/** Animals that walk on the ground, so that each of them can do what a plot asks. */
export const ANIMALS = [
  'fox',
  'rabbit',
  'mouse',
  'bear',
  'badger',
  'hedgehog',
  'lamb',
  'kitten',
  'puppy',
  'goat',
  'piglet',
  'raccoon',
] as const;

/** None of them is what a plot is about: a hero may be afraid, greedy or in the wrong. */
export const TRAITS = [
  'cheerful',
  'gentle',
  'curious',
  'playful',
  'merry',
  'friendly',
  'quiet',
  'busy',
  'clever',
  'lively',
] as const;

export const COLORS = [
  'red',
  'blue',
  'green',
  'yellow',
  'white',
  'silver',
  'golden',
  'orange',
  'purple',
  'brown',
] as const;

export const ELDERS = ['mother', 'father', 'grandmother', 'grandfather'] as const;

export const HOMES = [
  'a small house',
  'a cozy cottage',
  'a little red house',
  'a house with a blue door',
  'an old stone house',
  'a little white cottage',
  'a warm wooden house',
] as const;

export const PLACES: readonly Place[] = [
  {
    at: 'at the edge of the forest',
    out: 'into the forest',
    spots: [
      'under the old oak tree',
      'behind the mossy log',
      'among the ferns',
      'beside the big gray stone',
      'by the little stream',
    ],
  },
  {
    at: 'by the sea',
    out: 'along the shore',
    spots: [
      'behind the white rocks',
      'under the old boat',
      'in the soft sand',
      'beside the pier',
      'by the fishing nets',
    ],
  },
  {
    at: 'near the river',
    out: 'along the river',
    spots: [
      'under the wooden bridge',
      'in the tall reeds',
      'beside the willow tree',
      'on the stony bank',
      'behind the water mill',
    ],
  },
  {
    at: 'in a small village',
    out: 'through the village',
    spots: [
      'beside the well',
      'behind the bakery',
      'under the stone bench',
      'in the market square',
      'near the school gate',
    ],
  },
  {
    at: 'on a busy farm',
    out: 'across the fields',
    spots: ['behind the barn', 'in the hay', 'under the apple tree', 'beside the hen house', 'by the duck pond'],
  },
  {
    at: 'on a green hill',
    out: 'over the hill',
    spots: [
      'in the tall grass',
      'under the wild roses',
      'behind the stone wall',
      'beside the old gate',
      'among the clover',
    ],
  },
  {
    at: 'beside a quiet lake',
    out: 'around the lake',
    spots: [
      'among the lilies',
      'under the little dock',
      'behind the boat house',
      'beside the birch trees',
      'on the sandy beach',
    ],
  },
  {
    at: 'at the foot of the mountain',
    out: 'up the mountain path',
    spots: [
      'under the tall pine tree',
      'behind the great rock',
      'beside the cold spring',
      'among the bluebells',
      'near the wooden hut',
    ],
  },
];
