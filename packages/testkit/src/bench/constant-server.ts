// A node:http server with a constant response: the throughput of Node itself on this machine, in this run.
import { createServer } from "node:http";

const body = Buffer.from('{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"pong"}]}}');
const headers = { "content-type": "application/json", "content-length": body.length };

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, headers);
    response.end(body);
  });
});
server.listen(process.argv[2], () => process.stdout.write("ready\n"));
