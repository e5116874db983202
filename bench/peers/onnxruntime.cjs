// ONNX Runtime on an exported network, driven by node with the npm package onnxruntime-node (found by NODE_PATH).
//   node onnxruntime.cjs run MODEL INPUT.f32 SHAPE OUTPUT_FOLDER      SHAPE as 1x3x224x224; writes NAME.f32 (little endian) for each output
//   node onnxruntime.cjs time MODEL SHAPE THREADS                     reads "go N" lines: runs N times, answers "wall cpu" in seconds a call
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const ort = require('onnxruntime-node');

async function open(model, threads) {
  return ort.InferenceSession.create(model, {
    graphOptimizationLevel: 'all', intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential',
  });
}

async function run(model, input, shape, folder) {
  const session = await open(model, 1);
  const bytes = fs.readFileSync(input);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const results = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values, shape) });
  for (const name of session.outputNames) {
    const data = results[name].data;
    fs.writeFileSync(path.join(folder, name + '.f32'), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    console.log(name + ' ' + results[name].dims.join('x'));
  }
}

async function time(model, shape, threads) {
  const session = await open(model, threads);
  const count = shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(count);
  let state = 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 4294967296 * 4 - 2;
  }
  const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', values, shape) };
  await session.run(feeds);
  console.log('ready');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const rounds = parseInt(line.split(' ')[1], 10);
    const cpu = process.cpuUsage();
    const start = process.hrtime.bigint();
    for (let i = 0; i < rounds; i++) {
      await session.run(feeds);
    }
    const wall = Number(process.hrtime.bigint() - start) / 1e9;
    const used = process.cpuUsage(cpu);
    console.log(`${wall / rounds} ${(used.user + used.system) / 1e6 / rounds}`);
  }
}

const [mode, model, ...rest] = process.argv.slice(2);
const dims = text => text.split('x').map(Number);
const work = mode === 'run' ? run(model, rest[0], dims(rest[1]), rest[2]) : time(model, dims(rest[0]), parseInt(rest[1], 10));
work.catch(error => { console.error(String(error)); process.exit(1); });
