import type { BackendInUse } from '@sheep/backend';
import { type Fact, formatBytes, formatCount, formatLoss, formatThreads } from '../screen/format.js';
import { stepSizes } from './check-memory.js';
import { estimateMemory } from './estimate-memory.js';
import type { Plan } from './plan.js';

function modelText({ config: { model }, parameterCount, trainedCount }: Plan): string {
  const sizes = `${model.layerCount} layers, ${model.headCount} heads, width ${model.embeddingSize}, context ${model.contextLength}`;
  const trained = trainedCount === parameterCount ? '' : `, ${formatCount(trainedCount)} of them trained`;
  const from = model.from === null ? '' : `from ${model.from}: `;
  return `${from}${sizes}, ${formatCount(parameterCount)} parameters${trained}`;
}

const dataText = ({ config: { data }, amounts }: Plan): string => `${data.paths.join(', ')}: ${amounts}`;

function lengthText({ config: { data, train }, totalSteps, data: { batchesPerEpoch } }: Plan): string {
  const { batchSize, gradientAccumulation } = train;
  const epochs = (totalSteps / Math.ceil(batchesPerEpoch / gradientAccumulation)).toFixed(2);
  const rows = gradientAccumulation === 1 ? `${batchSize}` : `${gradientAccumulation} times ${batchSize}`;
  const unit = data.format === 'text' ? 'windows' : 'examples';
  return `${formatCount(totalSteps)} steps of ${rows} ${unit}, ${epochs} epochs`;
}

function backendText(asked: string, { name, build, threads, precision, passedOver }: BackendInUse): string {
  // Of what is damaged a remark tells, on every screen.
  const elsewhere = passedOver.filter(({ damaged }) => !damaged);
  const missing = elsewhere.map((one) => `; ${one.name} does not open: ${one.reason}`).join('');
  const parts = [
    build,
    ...(threads === undefined ? [] : [formatThreads(threads)]),
    ...(precision === 'bf16' ? ['bf16'] : []),
  ];
  const device = parts.join(', ');
  return asked === 'auto' ? `auto chose ${name} (${device}${missing})` : `${name} (${device})`;
}

function memoryText(plan: Plan, limitBytes: number): string {
  const { total, ...parts } = estimateMemory(stepSizes(plan));
  const texts = Object.entries(parts).map(([name, bytes]) => `${name} ${formatBytes(bytes)}`);
  return `about ${formatBytes(total)} of at most ${formatBytes(limitBytes)}: ${texts.join(', ')}`;
}

/** What is about to be trained, on what and with what. */
export function headerFacts(plan: Plan, backend: BackendInUse, asked: string): Fact[] {
  const facts: Fact[] = [
    ['model', modelText(plan)],
    ['data', dataText(plan)],
    ['tokenizer', `${plan.tokenizer.name}, ${formatCount(plan.tokenizer.vocabSize)} tokens`],
    ['length', lengthText(plan)],
    ['backend', backendText(asked, backend)],
  ];
  if (backend.memory !== undefined) facts.push(['memory', memoryText(plan, backend.memory.limitBytes)]);
  if (plan.bigram !== undefined) {
    facts.push(['baseline', `validation loss ${formatLoss(plan.bigram)} of a bigram model of the same tokens`]);
  }
  return facts;
}
