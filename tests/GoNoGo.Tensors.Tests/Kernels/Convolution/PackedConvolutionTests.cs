using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Convolution;

[Collection("vector width")]
public sealed class PackedConvolutionTests
{
    /// <summary>The shapes of networks in small: pointwise, strided, deeper than a depth block, a stem, maps of odd extents, Winograd's form.</summary>
    private static IEnumerable<ConvolutionCase> Written =>
    [
        ConvolutionCase.Plain(2, 24, 7, 7, 40, 1, new ConvolutionWindow(1)),
        ConvolutionCase.Plain(2, 16, 9, 8, 33, 1, new ConvolutionWindow(2)),
        ConvolutionCase.Plain(1, 70, 7, 7, 65, 3, new ConvolutionWindow(1, 1)),
        ConvolutionCase.Plain(3, 130, 5, 6, 17, 3, new ConvolutionWindow(2, 1)),
        ConvolutionCase.Plain(2, 3, 30, 29, 20, 7, new ConvolutionWindow(2, 3)),
        ConvolutionCase.Plain(1, 5, 11, 12, 18, 3, new ConvolutionWindow(1, 2, dilation: 2)),
        ConvolutionCase.Plain(1, 2, 4, 3, 2, 3, new ConvolutionWindow(stride: 4, padding: 5)),
        ConvolutionCase.Plain(1, 16, 1, 1, 16, 3, new ConvolutionWindow(1, 1)),
        ConvolutionCase.Plain(2, 32, 11, 10, 48, 3, new ConvolutionWindow(1, 1)),
        ConvolutionCase.Plain(3, 64, 13, 14, 32, 3, new ConvolutionWindow(1)),
        ConvolutionCase.Plain(1, 48, 10, 12, 32, 3, new ConvolutionWindow(1, 2)),
        ConvolutionCase.Plain(1, 400, 10, 11, 32, 3, new ConvolutionWindow(1, 1)),
    ];

    [Fact]
    public void MatchesTheTextbook() => ProcessSettings.ForEachWidth(width =>
    {
        var random = new System.Random(20_240_612);
        IEnumerable<ConvolutionCase> sampled = Enumerable.Range(0, 40).Select(_ => ConvolutionCase.Sample(random)).Where(shapes => shapes.Geometry.Window.Groups == 1);
        foreach ((ConvolutionGeometry g, int images) in Written.Concat(sampled))
        {
            double[] x = Wide("x", g.InputShape(images)), w = Wide("w", g.WeightShape), bias = Wide("bias", new Shape(g.OutputChannels));
            double[] sums = Pixels(ReferenceConvolution.Forward(x, w, bias, g, images), g.OutputShape(images));
            double[] residual = Wide("residual", new Shape(sums.Length));
            double[] expected = [.. sums.Zip(residual, (sum, other) => Math.Max(Math.Max(sum, 0) + other, 0))];
            string what = $"{g} x{images} at {width}";
            TensorAssert.Close(expected, Run(g, images, onMaps: false), 2e-6, $"pixels of {what}");
            TensorAssert.Close(expected, Run(g, images, onMaps: true), 2e-6, $"maps of {what}");
        }
    });

    [Fact]
    public void AnImageIsTheSameInAnyBatchAndForAnyNumberOfThreads()
    {
        foreach (ConvolutionCase shapes in Written)
        {
            ConvolutionGeometry g = shapes.Geometry;
            float[] first = [];
            foreach (int threads in (int[])[1, 2, 5])
            {
                using IDisposable set = ProcessSettings.Threads(threads);
                float[] all = Run(g, 4, onMaps: false);
                first = first.Length == 0 ? all : first;
                TensorAssert.SameBits(first, all, $"{g}, {threads} threads");
                TensorAssert.SameBits(Run(g, 1, onMaps: false), all.AsSpan(0, all.Length / 4), $"{g}, first image");
            }
        }
    }

    [Fact]
    public void ASteadyCallAllocatesNoManagedMemory()
    {
        using IDisposable single = ProcessSettings.Threads(1);
        using var scope = new TensorScope();
        ConvolutionGeometry g = ConvolutionCase.Plain(2, 3, 20, 20, 9, 3, new ConvolutionWindow(stride: 2, padding: 1)).Geometry;
        using var packed = PackedConvolution.Pack(scope.Zeros(g.WeightShape), g);
        using var onMaps = PackedConvolution.Pack(scope.Zeros(g.WeightShape), g, fromMaps: true);
        ConvolutionGeometry large = ConvolutionCase.Plain(1, 32, 10, 10, 32, 3, new ConvolutionWindow(1, 1)).Geometry;
        using var winograd = PackedConvolution.Pack(scope.Zeros(large.WeightShape), large);
        Tensor largePixels = scope.Zeros(PixelShape(large.InputShape(1))), largeY = scope.New(largePixels.Shape);
        Tensor maps = scope.Zeros(g.InputShape(2)), pixels = scope.Zeros(PixelShape(maps.Shape)), y = scope.New(PixelShape(g.OutputShape(2)));
        Assert.Equal(0, SteadyAllocation.Of(warmUp: 2, calls: 1, () =>
        {
            packed.Run(pixels, default, y);
            onMaps.Run(maps, default, y);
            winograd.Run(largePixels, default, largeY);
        }));
    }

    [Fact]
    public void WrongShapesAndGroupsAreRefused()
    {
        using var scope = new TensorScope();
        ConvolutionGeometry g = ConvolutionCase.Plain(1, 4, 5, 6, 3, 3, new ConvolutionWindow(1)).Geometry;
        Assert.Throws<ArgumentException>(() => PackedConvolution.Pack(scope.Zeros(new Shape(3, 4, 3, 2)), g));
        ConvolutionGeometry grouped = ConvolutionCase.Plain(1, 4, 5, 6, 2, 3, new ConvolutionWindow(groups: 2)).Geometry;
        Assert.Throws<ArgumentException>(() => PackedConvolution.Pack(scope.Zeros(grouped.WeightShape), grouped));
        using var packed = PackedConvolution.Pack(scope.Zeros(g.WeightShape), g);
        Tensor y = scope.New(PixelShape(g.OutputShape(1)));
        Assert.Throws<ArgumentException>(() => packed.Run(scope.Zeros(new Shape(1, 29, 4)), default, y));
        Assert.Throws<ArgumentException>(() => packed.Run(scope.Zeros(g.InputShape(1)), default, y));
        Assert.Throws<ArgumentException>(() => packed.Run(scope.Zeros(new Shape(1, 30, 4)), default, scope.New(new Shape(1, 3, 12))));
        using var onMaps = PackedConvolution.Pack(scope.Zeros(g.WeightShape), g, fromMaps: true);
        Assert.Throws<ArgumentException>(() => onMaps.Run(scope.Zeros(new Shape(1, 30, 4)), default, y));
    }

    /// <summary>max(max(conv + bias, 0) + residual, 0), channels last; every buffer ends at a page that must not be touched.</summary>
    private static float[] Run(ConvolutionGeometry g, int images, bool onMaps)
    {
        using var scope = new TensorScope();
        float[] maps = Values("x", g.InputShape(images));
        using var x = onMaps
            ? new GuardedTensor(g.InputShape(images), maps)
            : new GuardedTensor(PixelShape(g.InputShape(images)), Pixels(maps, g.InputShape(images)));
        using var packed = PackedConvolution.Pack(scope.From(Values("w", g.WeightShape), g.WeightShape), g, onMaps);
        Shape shape = PixelShape(g.OutputShape(images));
        using var y = new GuardedTensor(shape);
        var epilogue = new MatrixEpilogue
        {
            ColumnBias = scope.From(Values("bias", new Shape(g.OutputChannels)), new Shape(g.OutputChannels)),
            Activation = MatrixActivation.Relu,
            Residual = scope.From(Values("residual", shape), shape),
            FinalActivation = MatrixActivation.Relu,
        };
        packed.Run(x.Tensor, epilogue, y.Tensor);
        return y.Tensor.ToArray();
    }

    private static Shape PixelShape(Shape map) => new(map[0], map[2] * map[3], map[1]);

    private static T[] Pixels<T>(T[] maps, Shape shape)
    {
        (int channels, int plane) = (shape[1], shape[2] * shape[3]);
        return [.. Enumerable.Range(0, maps.Length).Select(i => maps[(((i / channels / plane * channels) + (i % channels)) * plane) + (i / channels % plane)])];
    }

    private static float[] Values(string name, Shape shape) => FormulaParameters.Input(name, shape.ElementCount);

    private static double[] Wide(string name, Shape shape) => TensorAssert.Widen(Values(name, shape));
}
