/** After each optimizer step. */
export interface StepEvent {
  readonly type: 'step';
  /** From 1. */
  readonly step: number;
  /** The epoch that the step's batch belongs to, from 1. */
  readonly epoch: number;
  /** Mean training loss of the batch, nats a token. */
  readonly loss: number;
  /** Share of the batch's targets that were the most likely token. */
  readonly accuracy: number;
  readonly learningRate: number;
  /** Global norm of the mean gradient before clipping. */
  readonly gradientNorm: number;
  /** Global norm of all parameters after the step. */
  readonly weightNorm: number;
  /** Tokens trained on since the start of the run. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** Seconds since the start of training, time paused not counted. */
  readonly elapsed: number;
}

/** After the validation text was read. */
export interface EvalEvent {
  readonly type: 'eval';
  readonly step: number;
  readonly epoch: number;
  /** Mean validation loss, nats a token. */
  readonly loss: number;
  /** exp(loss). */
  readonly perplexity: number;
  readonly accuracy: number;
  /** Tokens that were counted. */
  readonly tokens: number;
  /** Whether this is the lowest validation loss so far. */
  readonly best: boolean;
  readonly elapsed: number;
}

export interface SampleEvent {
  readonly type: 'sample';
  readonly step: number;
  readonly text: string;
}

/** A whole checkpoint lies on the disk. */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly step: number;
  /** Where it lies, as the checkpoint store names it. */
  readonly location: string;
  /** Whether it is the best so far. */
  readonly best: boolean;
}

/** After the last step of an epoch. */
export interface EpochEvent {
  readonly type: 'epoch';
  readonly step: number;
  /** The epoch that ended, from 1. */
  readonly epoch: number;
  /** Mean of the training losses of this epoch's steps. */
  readonly loss: number;
  /** The newest validation loss, null where there is none yet. */
  readonly validationLoss: number | null;
  readonly elapsed: number;
}

/** Why a run ended. `paused` goes on with a resume. */
export type StopReason = 'max-steps' | 'max-epochs' | 'patience' | 'paused' | 'signal' | 'requested';

/** The last event of every run. */
export interface StopEvent {
  readonly type: 'stop';
  readonly step: number;
  readonly reason: StopReason;
  /** One sentence for people. */
  readonly message: string;
  readonly elapsed: number;
}

/** Everything a run tells: plain data, one JSON line each. */
export type TrainEvent = StepEvent | EvalEvent | SampleEvent | CheckpointEvent | EpochEvent | StopEvent;

/** Where events go. */
export interface Sink {
  write(event: TrainEvent): void | Promise<void>;
  close?(): Promise<void>;
}
