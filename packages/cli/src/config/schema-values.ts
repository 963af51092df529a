import { z } from 'zod';

/** A whole number from 1. */
export const count = () => z.int().min(1);

/** A share of something, below all of it. */
export const share = () => z.number().min(0).lt(1);

/** Patterns of names, at least one. */
export const patterns = () => z.array(z.string().min(1)).min(1);
