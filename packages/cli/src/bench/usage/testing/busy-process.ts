/** Uses as many milliseconds of CPU as its argument says, tells its parent, and waits until that lets it go. */
const wanted = Number(process.argv[2]) * 1000;
for (let used = process.cpuUsage(); used.user + used.system < wanted; used = process.cpuUsage()) {
  Math.sqrt(used.user);
}
process.send?.('done');
process.on('disconnect', () => process.exit());
