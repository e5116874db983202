using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Convolution;

[Collection("vector width")]
public sealed class BlockedConvolutionTests
{
    /// <summary>One channel, blocks that are not full, odd extents, a single pixel, several groups of tiles and chunks of their gradients.</summary>
    private static IEnumerable<ConvolutionCase> Cases =>
    [
        Of(1, 1, 1, 1, 1, 3),
        Of(2, 3, 5, 4, 7, 3),
        Of(1, 16, 7, 7, 32, 3),
        Of(3, 35, 14, 14, 61, 3),
        Of(5, 61, 14, 13, 20, 3),
        Of(1, 300, 6, 5, 18, 3),
        Of(2, 6, 31, 20, 9, 3),
        Of(1, 10, 9, 10, 270, 3),
        Of(1, 1, 1, 1, 1, 1),
        Of(3, 21, 5, 4, 37, 1),
        Of(2, 70, 14, 14, 17, 1),
        Of(1, 5, 21, 20, 33, 1),
    ];

    [Fact]
    public void EveryPassMatchesTheTextbook() => ProcessSettings.ForEachWidth(width =>
    {
        foreach ((ConvolutionGeometry g, int images) in Cases)
        {
            string what = $"{g} x{images} at {width}";
            double[] x = Wide("x", g.InputShape(images)), w = Wide("w", g.WeightShape), bias = Wide("bias", new Shape(g.OutputChannels));
            double[] gradY = Wide("gradY", g.OutputShape(images));
            double[] y = ReferenceConvolution.Forward(x, w, bias, g, images);
            double[] gradX = ReferenceConvolution.Adjoint(gradY, w, null, g, images);
            double[] gradWeight = ReferenceConvolution.GradientOfWeight(x, gradY, g, images);
            using var scope = new TensorScope();
            Passes actual = Run(scope, g, images);
            TensorAssert.Close(Array.ConvertAll(y, value => Math.Max(value, 0)), actual.Y.ToArray(), 2e-6, $"forward of {what}");
            TensorAssert.Close(gradX.Zip(x, (value, input) => input > 0 ? value + 1 : 1).ToArray(), actual.GradX.ToArray(), 2e-6, $"gradient of input of {what}");
            TensorAssert.Close(Array.ConvertAll(gradWeight, value => value + 1), actual.GradWeight.ToArray(), 2e-6, $"gradient of weight of {what}");
            double[] sums = [.. Enumerable.Range(0, g.OutputChannels).Select(channel => Channel(gradY, g.OutputShape(images), channel).Sum() + 1)];
            TensorAssert.Close(sums, actual.GradBias.ToArray(), 2e-6, $"gradient of bias of {what}");
        }
    });

    [Fact]
    public void AnImageIsTheSameInAnyBatchAndEverythingForAnyNumberOfThreads()
    {
        foreach (ConvolutionCase shapes in Cases)
        {
            using var scope = new TensorScope();
            ConvolutionGeometry g = shapes.Geometry;
            Passes? first = null;
            foreach (int threads in (int[])[1, 2, 5])
            {
                using IDisposable set = ProcessSettings.Threads(threads);
                Passes all = Run(scope, g, 4);
                Passes expected = first ??= all;
                TensorAssert.SameBits(expected.Y.Span, all.Y.Span, $"{g}, {threads} threads");
                TensorAssert.SameBits(expected.GradX.Span, all.GradX.Span, $"gradient of input, {g}, {threads} threads");
                TensorAssert.SameBits(expected.GradWeight.Span, all.GradWeight.Span, $"gradient of weight, {g}, {threads} threads");
                TensorAssert.SameBits(expected.GradBias.Span, all.GradBias.Span, $"gradient of bias, {g}, {threads} threads");
                TensorAssert.SameBits(Run(scope, g, 1).Y.Span, all.Y[0].Span, $"{g}, first image");
            }
        }
    }

    [Fact]
    public void APackedWeightGivesTheSameBits() => ProcessSettings.ForEachWidth(width =>
    {
        foreach ((ConvolutionGeometry g, int images) in Cases)
        {
            using var scope = new TensorScope();
            BlockedMaps x = BlockedMaps.New(scope, g.InputShape(images)), y = BlockedMaps.New(scope, g.OutputShape(images));
            x.CopyFrom(Random("x", g.InputShape(images), scope));
            Tensor weight = Random("w", g.WeightShape, scope), bias = Random("bias", new Shape(g.OutputChannels), scope);
            Tensor expected = scope.New(g.OutputShape(images)), actual = scope.New(g.OutputShape(images));
            foreach ((Tensor wanted, bool relu) in ((Tensor, bool)[])[(bias, true), (bias, false), (default, true)])
            {
                BlockedConvolution.Forward(x, weight, wanted, relu, y);
                y.CopyTo(expected, accumulate: false);
                PackedBlockedWeight packed = PackedBlockedWeight.Pack(weight, wanted, scope);
                Assert.Equal(weight.Shape, packed.Shape);
                for (int call = 0; call < 2; call++)
                {
                    BlockedConvolution.Forward(x, packed, relu, y);
                    y.CopyTo(actual, accumulate: false);
                    TensorAssert.SameBits(expected.Span, actual.Span, $"{g} x{images} at {width}, relu {relu}, call {call}");
                }
            }
        }
    });

    [Fact]
    public void PlanesGoIntoAnyChannelsAndComeBack()
    {
        using var scope = new TensorScope();
        var shape = new Shape(2, 37, 3, 5);
        Tensor maps = Random("x", shape, scope), back = scope.Zeros(shape);
        BlockedMaps blocked = BlockedMaps.New(scope, shape), other = BlockedMaps.New(scope, shape);
        blocked.CopyFrom(maps);
        Tensor planes = scope.New(new Shape(37, 15));
        foreach ((int channel, int count) in ((int, int)[])[(0, 5), (5, 14), (19, 18)])
        {
            for (int image = 0; image < 2; image++)
            {
                unsafe
                {
                    blocked.TakePlanes(image, channel, count, planes.Pointer);
                    other.PutPlanes(image, channel, count, planes.Pointer);
                }

                TensorAssert.SameBits(maps[image].Slice(channel, count).Span, planes.Slice(0, count).Span, $"planes {channel} to {channel + count}");
            }
        }

        other.CopyTo(back, accumulate: false);
        TensorAssert.SameBits(maps.Span, back.Span, "there and back");
    }

    [Fact]
    public void ShapesThatDoNotFitAreNamed()
    {
        using var scope = new TensorScope();
        BlockedMaps x = BlockedMaps.New(scope, new Shape(2, 4, 5, 5)), y = BlockedMaps.New(scope, new Shape(2, 6, 5, 5));
        var wrong = Assert.Throws<ArgumentException>(() => BlockedConvolution.Forward(x, scope.New(new Shape(6, 3, 3, 3)), default, relu: false, y));
        Assert.Contains("x is [2, 4, 5, 5], expected [2, 3, 5, 5]", wrong.Message, StringComparison.Ordinal);
        wrong = Assert.Throws<ArgumentException>(() => BlockedConvolution.Forward(x, scope.New(new Shape(6, 4, 5, 5)), default, relu: false, y));
        Assert.Contains("[6, 4, 5, 5]", wrong.Message, StringComparison.Ordinal);
        PackedBlockedWeight packed = PackedBlockedWeight.Pack(scope.New(new Shape(6, 3, 3, 3)), default, scope);
        wrong = Assert.Throws<ArgumentException>(() => BlockedConvolution.Forward(x, packed, relu: false, y));
        Assert.Contains("x is [2, 4, 5, 5], expected [2, 3, 5, 5]", wrong.Message, StringComparison.Ordinal);
        wrong = Assert.Throws<ArgumentException>(() => PackedBlockedWeight.Pack(scope.New(new Shape(6, 4, 3, 3)), scope.New(new Shape(5)), scope));
        Assert.Contains("bias has shape [5], expected [6]", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BlockedConvolution.GradientOfBias(y, accumulate: false, scope.New(new Shape(5))));
        Assert.Throws<ArgumentException>(() => x.CopyFrom(scope.New(new Shape(2, 4, 5, 6))));
    }

    private static ConvolutionCase Of(int images, int input, int height, int width, int output, int kernel) =>
        ConvolutionCase.Plain(images, input, height, width, output, kernel, ConvolutionWindow.Same(kernel, kernel));

    /// <summary>Forward with ReLU, gradients through a ReLU before the convolution, all added to ones.</summary>
    private static Passes Run(TensorScope scope, ConvolutionGeometry g, int images)
    {
        BlockedMaps x = BlockedMaps.New(scope, g.InputShape(images)), y = BlockedMaps.New(scope, g.OutputShape(images));
        BlockedMaps gradX = BlockedMaps.New(scope, g.InputShape(images)), gradY = BlockedMaps.New(scope, g.OutputShape(images));
        x.CopyFrom(Random("x", g.InputShape(images), scope));
        gradY.CopyFrom(Random("gradY", g.OutputShape(images), scope));
        Tensor weight = Random("w", g.WeightShape, scope);
        var passes = new Passes(
            scope.New(g.OutputShape(images)), Ones(scope, g.InputShape(images)), Ones(scope, g.WeightShape), Ones(scope, new Shape(g.OutputChannels)));
        BlockedConvolution.Forward(x, weight, Random("bias", new Shape(g.OutputChannels), scope), relu: true, y);
        BlockedConvolution.GradientOfInput(gradY, weight, x, gradX);
        BlockedConvolution.GradientOfWeight(x, gradY, accumulate: true, passes.GradWeight);
        BlockedConvolution.GradientOfBias(gradY, accumulate: true, passes.GradBias);
        y.CopyTo(passes.Y, accumulate: false);
        gradX.CopyTo(passes.GradX, accumulate: true);
        return passes;
    }

    private static Tensor Ones(TensorScope scope, Shape shape)
    {
        Tensor tensor = scope.New(shape);
        tensor.Span.Fill(1);
        return tensor;
    }

    private static IEnumerable<double> Channel(double[] values, Shape shape, int channel)
    {
        int plane = shape[2] * shape[3];
        return Enumerable.Range(0, shape[0]).SelectMany(image => values.Skip(((image * shape[1]) + channel) * plane).Take(plane));
    }

    private static Tensor Random(string name, Shape shape, TensorScope scope) => scope.From(Values(name, shape), shape);

    private static double[] Wide(string name, Shape shape) => TensorAssert.Widen(Values(name, shape));

    private static float[] Values(string name, Shape shape) => FormulaParameters.Input(name, shape.ElementCount);

    private sealed record Passes(Tensor Y, Tensor GradX, Tensor GradWeight, Tensor GradBias);
}
