#pragma once

// Whether this processor, as the system lets it, has all that the kernels are compiled for: the macro `KERNELS`.
int processor_runs_kernels(void);
