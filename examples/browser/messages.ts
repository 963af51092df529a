import type { TrainEvent } from '@sheep/core';

/** What the page asks of the worker. */
export type Command = { readonly type: 'start'; readonly steps: number } | { readonly type: 'stop' };

/** What computes, told when a run starts. */
export interface DeviceEvent {
  readonly type: 'device';
  readonly backend: string;
  readonly build: string;
  readonly threads: number;
  readonly parameters: number;
}

/** A run that ended by an error. */
export interface FailureEvent {
  readonly type: 'failure';
  readonly message: string;
}

/** What the worker tells the page. */
export type WorkerEvent = TrainEvent | DeviceEvent | FailureEvent;
