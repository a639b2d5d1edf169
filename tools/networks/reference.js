// What TensorFlow.js itself computes for one made-up picture: the self-check references in data/models. See README.md.
//   node reference.js MODELS OUT    MODELS: the folder of movenet-*.json and .bin
const fs = require('fs'), path = require('path');
const tf = require('@tensorflow/tfjs-core'), {loadGraphModel} = require('@tensorflow/tfjs-converter');
require('@tensorflow/tfjs-backend-cpu');

const WIDTH = 96, HEIGHT = 64, SCALE = 0.007843017578125;
const NETWORKS = [
  {name: 'multipose', heads: ['Sigmoid_1', 'Sigmoid', 'kpt_regress_0/conv2d_8/BiasAdd']},
  {name: 'thunder', heads: ['Sigmoid', 'Sigmoid_1', 'kpt_regress_0/conv2d_6/BiasAdd']},
];

// A coloured slope, an upright figure of ellipses in front of it, and noise: RGB of 0..255, rows of pixels.
function picture() {
  const ellipses = [ // centre, half axes, brightness: head, trunk, arms, legs
    [48, 13, 6, 7, 200], [48, 30, 10, 13, 70], [36, 30, 3, 12, 170], [60, 30, 3, 12, 170], [43, 50, 4, 12, 40], [53, 50, 4, 12, 40],
  ];
  let state = 1;
  const noise = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      for (let c = 0; c < 3; c++) {
        const inside = ellipses.filter(([cx, cy, rx, ry]) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1).pop();
        const value = inside ? inside[4] - 20 * c : [60 + x, 110 + y, 200 - x / 2 - y / 2][c];
        pixels[(y * WIDTH + x) * 3 + c] = Math.round(value + 24 * noise());
      }
  return pixels;
}

// The model at our size: Thunder's file says 256x256, and says the sizes that it enlarges its maps to.
function sized(model, weights) {
  const nodes = model.modelTopology.node;
  nodes.find(node => node.op === 'Placeholder').attr.shape.shape.dim.forEach((dim, i) => { if (i === 1 || i === 2) dim.size = '-1'; });
  const targets = new Set(nodes.filter(node => node.op === 'ResizeBilinear').map(node => node.input[1]));
  let at = 0;
  for (const {name, shape, dtype, quantization} of model.weightsManifest[0].weights) {
    if (targets.has(name))
      [HEIGHT, WIDTH].forEach((side, i) => weights.writeInt32LE(weights.readInt32LE(at + 4 * i) * side / 256, at + 4 * i));
    at += shape.reduce((a, b) => a * b, 1) * (quantization && quantization.dtype === 'float16' ? 2 : 4);
  }
}

function write(file, ...arrays) {
  fs.writeFileSync(file, Buffer.concat(arrays.map(array => Buffer.from(Float32Array.from(array).buffer))));
}

async function main(models, out) {
  const pixels = picture(), planes = tensor => tf.transpose(tf.squeeze(tensor, [0]), [2, 0, 1]).dataSync();
  const image = tf.tensor(pixels, [1, HEIGHT, WIDTH, 3], 'int32');
  write(path.join(out, 'people_check_in.bin'), planes(tf.sub(tf.mul(tf.cast(image, 'float32'), SCALE), 1)));
  for (const {name, heads} of NETWORKS) {
    const model = JSON.parse(fs.readFileSync(path.join(models, `movenet-${name}.json`)));
    const weights = fs.readFileSync(path.join(models, `movenet-${name}.bin`));
    sized(model, weights);
    const weightData = weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length);
    const graph = await loadGraphModel({load: async () => ({...model, weightSpecs: model.weightsManifest[0].weights, weightData})});
    const maps = graph.execute(image, heads.map(head => `StatefulPartitionedCall/${head}`));
    write(path.join(out, `${name}_check_out.bin`), ...maps.map(planes));
    maps.forEach(map => console.log(name, map.shape.join('x'), 'from', tf.min(map).dataSync()[0], 'to', tf.max(map).dataSync()[0]));
  }
}

main(process.argv[2], process.argv[3]);
