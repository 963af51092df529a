import { backend, engine, type DataId, type Tensor3D } from '@tensorflow/tfjs-core';

/** The parts of tfjs-backend-wasm's module that its own kernels are written with. */
interface WasmModule {
  cwrap(name: string, result: null, types: readonly string[]): (...args: readonly unknown[]) => void;
  readonly tfjs: {
    registerTensor(id: number, size: number, memoryOffset: number): void;
    disposeData(id: number): void;
  };
}

interface WasmBackend {
  readonly wasm: WasmModule;
  readonly dataIdMap: { get(id: DataId): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32'): { dataId: DataId; shape: number[]; dtype: 'float32' };
}

const BYTES = 4;
const shapeBytes = (shape: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(shape).buffer);

// Ids of the views below; tfjs counts its own up from 1.
const FIRST_VIEW_ID = 2 ** 30;

type Multiply = (a: number, b: number, out: number) => void;

function multiplyIn({ wasm }: WasmBackend, aShape: readonly number[], bShape: readonly number[]): Multiply {
  const types = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number', 'number'];
  const kernel = wasm.cwrap('BatchMatMul', null, types);
  const [aBytes, bBytes] = [shapeBytes(aShape), shapeBytes(bShape)];
  return (a, b, out) => kernel(a, aBytes, aShape.length, b, bBytes, bShape.length, 0, 0, out);
}

/**
 * A batch of products as single ones on views of the heap: stock wasm takes its fast product only for a batch of
 * one, and about five times as long for the rest. Nothing is copied.
 */
export function batchedProduct(a: Tensor3D, b: Tensor3D): Tensor3D {
  const device = backend() as unknown as WasmBackend;
  const [batch, rows, inner] = a.shape;
  const columns = b.shape[2];
  const sizes = [rows * inner, inner * columns, rows * columns];
  const out = device.makeOutput([batch, rows, columns], 'float32');
  const offsets = [a, b, out].map(({ dataId }) => device.dataIdMap.get(dataId).memoryOffset);
  const multiply = multiplyIn(device, [1, rows, inner], [1, inner, columns]);
  const ids = sizes.map((_, i) => FIRST_VIEW_ID + i);
  for (let n = 0; n < batch; n += 1) {
    ids.forEach((id, i) => device.wasm.tfjs.registerTensor(id, sizes[i], offsets[i] + n * sizes[i] * BYTES));
    multiply(ids[0], ids[1], ids[2]);
    for (const id of ids) device.wasm.tfjs.disposeData(id);
  }
  return engine().makeTensorFromTensorInfo(out) as Tensor3D;
}
