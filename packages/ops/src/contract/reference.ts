import { toFloat32, type Safetensors } from '@sheep/core';
import { tensor, type Tensor } from '@tensorflow/tfjs-core';

/** The numbers of one case, as another implementation computed them. Keys as in `in/x`, `out/y`, `grad/x`, `dy`. */
export interface ReferenceCase {
  /** As in `attention/three-heads`. */
  readonly name: string;
  readonly op: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The keys below a prefix, without it. */
  names(prefix: string): string[];
  /** A value on the backend in use; the caller disposes it. */
  tensor(key: string): Tensor;
  /** A value on the host, in the precision it was computed in. */
  values(key: string): Float64Array;
}

function referenceCase(file: Safetensors, name: string): ReferenceCase {
  const stored = (key: string) => {
    const found = file.tensors.get(`${name}/${key}`);
    if (!found) throw new Error(`the reference has no ${name}/${key}`);
    return found;
  };
  return {
    name,
    op: name.split('/')[0],
    attributes: JSON.parse(file.metadata[name]) as Record<string, unknown>,
    names: (prefix) =>
      [...file.tensors.keys()]
        .filter((key) => key.startsWith(`${name}/${prefix}/`))
        .map((key) => key.slice(name.length + prefix.length + 2)),
    tensor(key) {
      const found = stored(key);
      if (found.dtype === 'I32') return tensor(found.data, [...found.shape], 'int32');
      return tensor(toFloat32(found), [...found.shape]);
    },
    values: (key) => Float64Array.from(stored(key).data as Float64Array),
  };
}

/** The cases of a reference file: its metadata names each with its attributes as JSON. */
export function referenceCases(file: Safetensors): ReferenceCase[] {
  return Object.keys(file.metadata)
    .sort()
    .map((name) => referenceCase(file, name));
}
