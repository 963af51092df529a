import type { Plot } from '../plot.js';

/** The hero goes too far, loses the way, and is called home. */
export const wayHome: Plot = {
  cases: [
    {
      bait: 'a blue butterfly',
      veil: 'a thick white fog came down',
      sign: 'the sound of a bell',
      call: 'ringing a bell',
      sense: 'heard',
    },
    {
      bait: 'a yellow bird',
      veil: 'the sun went down and it grew dark',
      sign: 'a small light',
      call: 'holding up a lantern',
      sense: 'saw',
    },
    {
      bait: 'a hopping frog',
      veil: 'it began to rain hard',
      sign: 'a song',
      call: 'singing as loud as {friend.he} could',
      sense: 'heard',
    },
    {
      bait: 'a white feather in the wind',
      veil: 'it began to snow',
      sign: 'the sound of a drum',
      call: 'beating a drum',
      sense: 'heard',
    },
    {
      bait: 'a golden bee',
      veil: 'dark clouds hid the sun',
      sign: 'a bright fire',
      call: 'waiting by a warm fire',
      sense: 'saw',
    },
    {
      bait: 'a red leaf in the wind',
      veil: 'a gray mist came up',
      sign: 'the sound of a horn',
      call: 'blowing a horn',
      sense: 'heard',
    },
  ],
  want: [
    [
      'One [day|morning], {he} went {out} to pick flowers for {his} {elder}.',
      'One [day|morning], {he} went {out} to look for berries.',
      '{He} loved to go {out} and look at things.',
    ],
    [
      '"Do not go too far," said {his} friend {friend}, {a friend.trait} {friend.kind}.',
      '"Come back before supper," said {friend}, {a friend.kind} who was {his} best friend.',
      '"Take care," said {his} friend {friend}, {a friend.trait} {friend.kind}.',
    ],
  ],
  trouble: [
    [
      'There {he} saw {bait}. {He} followed it, farther and farther.',
      'But then {he} saw {bait} and ran after it.',
      '{Hero} followed {bait} and did not look where {he} went.',
    ],
    ['Then {veil}.', 'All at once, {veil}.', 'When {he} stopped at last, {veil}.'],
    [
      '"Which way is home?" said {hero}. No one answered.',
      '{Hero} went left and {he} went right, but {he} could not find the path.',
      'Everything looked strange, and {hero} did not know the way.',
      '{Hero} was cold and alone, and {he} wanted to go home.',
    ],
  ],
  turn: [
    [
      '{He} wanted to run, but then {he} stood still and thought.',
      '"I must not run," {he} said. "I must stop and think."',
      '{He} sat down on a stone, took a deep breath and waited.',
    ],
    [
      'And then, far away, {he} {sense} {sign}.',
      'After a long time {he} {sense} {sign}, far away.',
      'At last {he} {sense} {sign}.',
    ],
    [
      '{He} went toward it, slowly, step by step.',
      '"I will go that way," said {hero}, and {he} did.',
      '{He} followed it over stones and roots.',
    ],
  ],
  ending: [
    ['It was {friend}, {call}.', 'And there was {friend}, {call}.', 'There at last was {friend}, {call}.'],
    [
      '"I was so worried," said {friend}. "I hoped that you would find me."',
      '"There you are," said {friend}, and {friend.he} hugged {him}.',
      '"You did not come home," said {friend}, "so I came to look for you."',
    ],
    [
      'They walked home together, and {his} {elder} made them hot soup.',
      'Soon {hero} sat by the fire with a cup of warm milk.',
      'Hand in hand they went home, and the lamp was in the window.',
    ],
    [
      '{Hero} learned to stop and think when {he} did not know the way.',
      'After that, {hero} always looked back to see where {he} came from.',
      'No way is too long when a friend waits at the end of it.',
      'And {hero} never went so far alone again.',
    ],
  ],
};
