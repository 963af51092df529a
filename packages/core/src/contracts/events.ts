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
  /** Whether this is the best so far, by validation loss unless another metric was chosen. */
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

/** The run went back to its newest checkpoint, or to its start. Of the steps after that, none has happened. */
export interface RewindEvent {
  readonly type: 'rewind';
  /** The step it went back to. */
  readonly step: number;
  /** The newest step there was. */
  readonly from: number;
  /** Multiplies the schedule's rate from here on. */
  readonly learningRateScale: number;
  /** One sentence for people: why, and which batches are passed over. */
  readonly message: string;
  readonly elapsed: number;
}

/** Something that a person may want to change. */
export interface AdviceEvent {
  readonly type: 'advice';
  readonly step: number;
  /** The name of the rule that gives it, as in `loss-spike`. */
  readonly topic: string;
  /** One sentence for people, with the setting to change. */
  readonly message: string;
}

/** Why a run ended: one of these, or the name of the rule that ended it. `paused` goes on with a resume. */
export type StopReason =
  | 'max-steps'
  | 'max-epochs'
  | 'patience'
  | 'patience-epochs'
  | 'max-minutes'
  | 'target'
  | 'not-finite'
  | 'paused'
  | 'signal'
  | 'requested'
  | (string & Record<never, never>);

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
export type TrainEvent =
  | StepEvent
  | EvalEvent
  | SampleEvent
  | CheckpointEvent
  | EpochEvent
  | RewindEvent
  | AdviceEvent
  | StopEvent;

/** Where events go. */
export interface Sink {
  write(event: TrainEvent): void | Promise<void>;
  close?(): Promise<void>;
}
