// Threads that share out chunks of work and sleep between. Whoever runs takes the next chunk, and nobody is waited for
// who has none: a loop of the bundle adjustment takes some 50 us, and on a machine that others use too a barrier for
// every thread costs more than that (docs/adr/0009).
#ifndef RIG_CALIB_THREADS_H
#define RIG_CALIB_THREADS_H

typedef void (*rig_chunk_work)(void *self, int chunk);

// Call work(self, k) once for each k from 0 to n - 1, in any order and on at most OMP_NUM_THREADS threads (where that
// is not set, as many as there are cores), and return when all are done. Called from inside itself, or while another
// thread is in it, it does all on the thread that calls.
void rig_threads_run(rig_chunk_work work, void *self, int n);

#endif
