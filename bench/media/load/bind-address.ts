/** Where the load, and the forwarder that takes it, bind to: given by whoever starts the process. */
export const bindAddress = process.env.STOA_BENCH_ADDRESS ?? '127.0.0.1';
