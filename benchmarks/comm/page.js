// Asks the bare widget for the tiles of a view; milliseconds from the request to the last of them.
async ([rounds, tiles, size]) => {
  const times = [];
  for (let rid = 1; rid <= rounds; rid++) {
    const begin = performance.now();
    let left = tiles;
    await new Promise((resolve) => {
      const receive = (content, buffers) => {
        if (content.rid !== rid) return;
        left -= buffers.length;
        if (left > 0) return;
        window.bareModel.off("msg:custom", receive);
        resolve();
      };
      window.bareModel.on("msg:custom", receive);
      window.bareModel.send({ rid, tiles, size });
    });
    times.push(performance.now() - begin);
  }
  return times;
}
