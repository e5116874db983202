using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Simd;

namespace GoNoGo.Tensors.Kernels.Convolution;

/// <summary>
/// Convolutions 1 x 1, and 3 x 3 with a border of one zero, of blocked maps, and their gradients: for networks in training, whose weights change with
/// every step, and, packed once, for the same networks afterwards. 3 x 3 goes by Winograd's minimal filtering F(2 x 2, 3 x 3) (Lavin and Gray 2016),
/// forward and back: 16 products per 2 x 2 pixels instead of 36. An image's result does not depend on its batch.
/// </summary>
public static unsafe class BlockedConvolution
{
    /// <summary>y = conv(x, weight) + bias, then max(y, 0) if wanted.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="weight"><c>[O, C, k, k]</c>, k 1 or 3.</param>
    /// <param name="bias"><c>[O]</c>, or empty.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="y"><c>[B, O, H, W]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Forward(in BlockedMaps x, Tensor weight, Tensor bias, bool relu, in BlockedMaps y)
    {
        Check("BlockedConvolution", weight, bias);
        Check("BlockedConvolution", x, weight.Shape, y);
        int length = y.Blocks * BlockedMaps.Lanes;
        using Scratch padded = Scratch.OfFloats(length);
        PackedBlockedWeight.FillUp(bias, new Span<float>(padded.Floats, length));
        Run(x, weight, adjoint: false, new BlockedEpilogue { Bias = bias.IsEmpty ? null : padded.Floats, Relu = relu }, y);
    }

    /// <summary>y = conv(x, weight) + bias, then max(y, 0) if wanted, with weight and bias packed before.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="weight">Of shape <c>[O, C, k, k]</c>.</param>
    /// <param name="relu">Whether negative results become 0.</param>
    /// <param name="y"><c>[B, O, H, W]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Forward(in BlockedMaps x, in PackedBlockedWeight weight, bool relu, in BlockedMaps y)
    {
        Check("BlockedConvolution", x, weight.Shape, y);
        Run(x, weight.Weights, new BlockedEpilogue { Bias = weight.Bias, Relu = relu }, y);
    }

    /// <summary>The gradient of the input: gradX = convᵀ(gradY, weight).</summary>
    /// <param name="gradY"><c>[B, O, H, W]</c>.</param>
    /// <param name="weight"><c>[O, C, k, k]</c>, k 1 or 3.</param>
    /// <param name="relu">The input, where it came out of a ReLU whose own input's gradient is wanted: gradX is 0 where it is 0; or default.</param>
    /// <param name="gradX"><c>[B, C, H, W]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void GradientOfInput(in BlockedMaps gradY, Tensor weight, in BlockedMaps relu, in BlockedMaps gradX)
    {
        Check("BlockedConvolution gradient of input", weight, default);
        Check("BlockedConvolution gradient of input", gradX, weight.Shape, gradY);
        if (!relu.IsEmpty)
        {
            relu.Require("BlockedConvolution gradient of input", nameof(relu), gradX.Images, gradX.Channels, gradX.Height, gradX.Width);
        }

        Run(gradY, weight, adjoint: true, new BlockedEpilogue { Mask = relu }, gradX);
    }

    /// <summary>The gradient of the weight.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>.</param>
    /// <param name="gradY"><c>[B, O, H, W]</c>.</param>
    /// <param name="accumulate">Whether to add to gradWeight instead of overwriting it.</param>
    /// <param name="gradWeight"><c>[O, C, k, k]</c>, k 1 or 3.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void GradientOfWeight(in BlockedMaps x, in BlockedMaps gradY, bool accumulate, Tensor gradWeight)
    {
        Check("BlockedConvolution gradient of weight", gradWeight, default);
        Check("BlockedConvolution gradient of weight", x, gradWeight.Shape, gradY);
        BlockedWeightGradient.Run(x, gradY, accumulate, gradWeight);
    }

    /// <summary>The gradient of the bias: the sum of gradY over images and pixels.</summary>
    /// <param name="gradY"><c>[B, O, H, W]</c>.</param>
    /// <param name="accumulate">Whether to add to gradBias instead of overwriting it.</param>
    /// <param name="gradBias"><c>[O]</c>.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void GradientOfBias(in BlockedMaps gradY, bool accumulate, Tensor gradBias)
    {
        if (gradBias.Shape != new Shape(gradY.Channels))
        {
            throw new ArgumentException($"BlockedConvolution gradient of bias: gradBias has shape {gradBias.Shape}, expected [{gradY.Channels}].", nameof(gradBias));
        }

        VectorLoop.For(gradY.Blocks, new BiasBody(gradY, accumulate, gradBias.Pointer));
    }

    private static void Run(in BlockedMaps x, Tensor weight, bool adjoint, in BlockedEpilogue epilogue, in BlockedMaps y)
    {
        using Scratch packed = Scratch.OfFloats(BlockedWeights.Length(weight.Shape, adjoint));
        var weights = new BlockedWeights(weight.Shape, adjoint, packed.Floats);
        weights.Pack(weight.Pointer);
        Run(x, weights, epilogue, y);
    }

    private static void Run(in BlockedMaps x, in BlockedWeights weights, in BlockedEpilogue epilogue, in BlockedMaps y)
    {
        if (weights.IsPointwise)
        {
            new BlockedPointwise(x, weights, epilogue, y).Run();
        }
        else
        {
            new BlockedWinograd(x, weights, epilogue, y).Run();
        }
    }

    internal static void Check(string op, Tensor weight, Tensor bias)
    {
        if (weight.Rank != 4 || weight.Shape[2] != weight.Shape[3] || weight.Shape[2] is not (1 or 3))
        {
            throw new ArgumentException($"{op}: weight has shape {weight.Shape}, expected [O, C, 1, 1] or [O, C, 3, 3].", nameof(weight));
        }

        if (!bias.IsEmpty && bias.Shape != new Shape(weight.Shape[0]))
        {
            throw new ArgumentException($"{op}: bias has shape {bias.Shape}, expected [{weight.Shape[0]}].", nameof(bias));
        }
    }

    private static void Check(string op, in BlockedMaps x, Shape weight, in BlockedMaps y)
    {
        x.Require(op, nameof(x), x.Images, weight[1], x.Height, x.Width);
        y.Require(op, nameof(y), x.Images, weight[0], x.Height, x.Width);
    }

    /// <summary>One block: sums of 64 pixels in float, those in double.</summary>
    private readonly struct BiasBody(BlockedMaps gradY, bool accumulate, float* gradBias) : IVectorBody
    {
        private const int PixelsPerFlush = 64;

        public void Invoke<TSimd, TVector, TInt>(int index)
            where TSimd : struct, ISimd<TVector, TInt> where TVector : struct where TInt : struct
        {
            double* totals = stackalloc double[BlockedMaps.Lanes];
            new Span<double>(totals, BlockedMaps.Lanes).Clear();
            float* part = stackalloc float[BlockedMaps.Lanes];
            for (int image = 0; image < gradY.Images; image++)
            {
                float* block = gradY.Block(image, index);
                for (int first = 0; first < gradY.Pixels; first += PixelsPerFlush)
                {
                    int end = Math.Min(first + PixelsPerFlush, gradY.Pixels);
                    for (int lane = 0; lane < BlockedMaps.Lanes; lane += TSimd.Count)
                    {
                        TVector sum = TSimd.Zero;
                        for (int pixel = first; pixel < end; pixel++)
                        {
                            sum = TSimd.Add(sum, TSimd.Load(block + ((nint)pixel * BlockedMaps.Lanes) + lane));
                        }

                        TSimd.Store(sum, part + lane);
                    }

                    for (int lane = 0; lane < BlockedMaps.Lanes; lane++)
                    {
                        totals[lane] += part[lane];
                    }
                }
            }

            float* target = gradBias + (index * BlockedMaps.Lanes);
            for (int lane = 0; lane < Math.Min(BlockedMaps.Lanes, gradY.Channels - (index * BlockedMaps.Lanes)); lane++)
            {
                target[lane] = (float)(accumulate ? target[lane] + totals[lane] : totals[lane]);
            }
        }
    }
}
