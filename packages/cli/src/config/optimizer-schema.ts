import { type MuonAdjustment, muonAdjustments, type OptimizerKind, optimizerKinds } from '@sheep/train';
import { z } from 'zod';
import { patterns, share } from './schema-values.js';

const kinds = optimizerKinds as [OptimizerKind, ...OptimizerKind[]];
const adjustments = muonAdjustments as [MuonAdjustment, ...MuonAdjustment[]];

const group = z.strictObject({
  match: patterns().describe(
    "patterns of parameters' names, as in transformer.h.0.*; the first group that fits has the parameter",
  ),
  learningRateScale: z.number().min(0).default(1).describe('multiplies the learning rate'),
  weightDecay: z.number().min(0).optional().describe("in place of the optimizer's"),
});

/** `train.optimizer`. */
export const optimizer = z.strictObject({
  kind: z.enum(kinds).default('adamw').describe('the update rule'),
  betas: z
    .tuple([share(), share()])
    .optional()
    .describe('how much of the running means of the gradient stays; 0.9 and 0.99 unless given (not sgd, adafactor)'),
  epsilon: z
    .number()
    .positive()
    .optional()
    .describe('added to the root of the mean square; 1e-8 unless given (adamw, adam, muon)'),
  weightDecay: z
    .number()
    .min(0)
    .optional()
    .describe('decay of matrices; unless given 0.1 for adamw, lion and muon, 0 for adam, sgd and adafactor'),
  momentum: share().optional().describe('how much of the velocity stays; 0.9 (sgd) or 0.95 (muon) unless given'),
  nesterov: z.boolean().optional().describe('look ahead along the momentum; false (sgd) or true (muon) unless given'),
  adjustLearningRate: z
    .enum(adjustments)
    .optional()
    .describe("length of muon's updates by the shape of a matrix; match-rms-adamw unless given"),
  beta2Decay: z
    .number()
    .max(0)
    .optional()
    .describe("adafactor's mean square forgets a share of step^beta2Decay; -0.8 unless given"),
  clipThreshold: z
    .number()
    .positive()
    .optional()
    .describe("largest root mean square of adafactor's updates before the rate; 1 unless given"),
  groups: z.array(group).default([]).describe('parameters with a learning rate or weight decay of their own'),
  averageDecay: share()
    .nullable()
    .default(null)
    .describe('of a moving average of the weights, which is then evaluated, sampled and published; null for none'),
});
