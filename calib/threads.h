// Threads that share out chunks of work and sleep between. OpenMP's wait for every thread of a team, and spin while
// they do: on a machine that others use too, that costs more than the work (a rig of 60 poses 0.12 s instead of 0.03).
// Here whoever runs takes the next chunk, and nobody is waited for who has none.
#ifndef RIG_CALIB_THREADS_H
#define RIG_CALIB_THREADS_H

typedef void (*rig_chunk_work)(void *self, int chunk);

// Call work(self, k) once for each k from 0 to n - 1, in any order and on as many threads as OpenMP would use (fewer
// where n is less), and return when all are done. Called from inside itself, or while another thread is in it, it does
// all on the thread that calls.
void rig_threads_run(rig_chunk_work work, void *self, int n);

#endif
