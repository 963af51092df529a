export { describeValue } from './describe-value.js';
export { SheepError, type ErrorCode, type ErrorParts } from './errors.js';
export { philox4x32 } from './random/philox.js';
export { dropoutKey } from './random/dropout-key.js';
export { fillNormal, fillWords, randomUniform, randomWord, streamOf, type RandomKey } from './random/random.js';
export type { Tokenizer, TokenizerJson } from './contracts/tokenizer.js';
export { IGNORED_TARGET, type Batch, type BatchSource, type Position } from './contracts/data.js';
export type {
  GradTree,
  LanguageModel,
  LayerOutput,
  LossSum,
  ModelSizes,
  ParamTree,
  StepContext,
} from './contracts/model.js';
export type {
  BatchSpan,
  Checkpoint,
  CheckpointStore,
  Health,
  Restored,
  TrainedTrees,
  TrainState,
} from './contracts/checkpoint.js';
export type { Optimizer, Schedule, Update, UpdateTransform } from './contracts/optimizer.js';
export type {
  AdviceEvent,
  CheckpointEvent,
  EpochEvent,
  EvalEvent,
  RewindEvent,
  SampleEvent,
  Sink,
  StepEvent,
  StopEvent,
  StopReason,
  TrainEvent,
} from './contracts/events.js';
export type { Dtype, HalfDtype, HalfTensor, SafetensorsMetadata, StoredTensor } from './safetensors/dtypes.js';
export { readSafetensors, type Safetensors } from './safetensors/read.js';
export { toFloat32 } from './safetensors/to-float32.js';
export { toHalves } from './safetensors/to-halves.js';
export { safetensorsChunks, writeSafetensors } from './safetensors/write.js';
export { treeToSafetensors } from './trees/tree-file.js';
