export { checkGptConfig, presets, type GptConfig, type PresetName, type PresetSizes } from './config.js';
export { generate, type GenerateOptions, type NextTokenModel } from './generate.js';
export { gpt, type Gpt, type GptOptions } from './gpt.js';
export { fromHuggingFace, toHuggingFace } from './hugging-face.js';
export { isLoraParameter, lora, loraShapes, mergeLora, type LoraOptions, type LoraSizes } from './lora.js';
export { countNumbers, countParameters, type NamedShape, parameterSpecs, type ParameterSpec } from './parameters.js';
export { fromPeft, peftModules, toPeftConfig, toPeftWeights, type LoraAdapter } from './peft.js';
export { checkSampling, sampleToken, type SamplingOptions } from './sampling.js';
export { loadWeights, toHalfWeights } from './weights.js';
