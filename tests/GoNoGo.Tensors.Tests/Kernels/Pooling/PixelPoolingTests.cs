using GoNoGo.Tensors.Kernels.Pooling;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Pooling;

[Collection("vector width")]
public sealed class PixelPoolingTests
{
    private static readonly PoolWindow[] Windows =
    [
        new(3, 2, 1), new(3, 1, 1), new(2), new(1), new(4, 3, 2) { KernelWidth = 2, PaddingWidth = 0 }, new(5, 1, 2),
    ];

    [Fact]
    public void MatchesTheTextbook() => ProcessSettings.ForEachWidth(width =>
    {
        foreach (PoolWindow window in Windows)
        {
            foreach (int channels in (int[])[1, 3, 8, 17, 33])
            {
                var maps = new Shape(2, channels, 9, 7);
                double[] x = TensorAssert.Widen(FormulaParameters.Input("x", maps.ElementCount));
                string what = $"{window}, {channels} channels at {width}";
                Shape y = window.OutputShape(maps);
                TensorAssert.Close(Pixels(ReferencePooling.Max(x, maps, window), y), Run(maps, y, (from, to, _) => PixelPooling.Max(from, 9, 7, window, to)), 0, what);
                foreach (bool countIncludePad in (bool[])[false, true])
                {
                    double[] mean = ReferencePooling.Average(x, maps, window, countIncludePad);
                    TensorAssert.Close(Pixels(mean, y), Run(maps, y, (from, to, _) => PixelPooling.Average(from, 9, 7, window, countIncludePad, to)), 1e-6, what);
                    if (y == maps && !countIncludePad)
                    {
                        float[] factors = FormulaParameters.Input("factors", channels);
                        double[] mixed = [.. mean.Select((value, i) => x[i] + (factors[i / 63 % channels] * (value - x[i])))];
                        TensorAssert.Close(Pixels(mixed, y), Run(maps, y, (from, to, scope) => PixelPooling.Mix(from, 9, 7, window, scope.From(factors, new Shape(channels)), to)), 1e-6, what);
                    }
                }
            }
        }
    });

    [Fact]
    public void NotANumberWinsItsWindowsOnly() => ProcessSettings.ForEachWidth(_ =>
    {
        using var scope = new TensorScope();
        Tensor x = scope.Zeros(new Shape(1, 36, 9));
        x.Span[(((2 * 6) + 3) * 9) + 8] = float.NaN;
        Tensor y = scope.New(x.Shape);
        PixelPooling.Max(x, 6, 6, new PoolWindow(3, 1, 1), y);
        for (int i = 0; i < y.Span.Length; i++)
        {
            (int row, int column, int channel) = (i / 54, i / 9 % 6, i % 9);
            Assert.Equal(channel == 8 && row is >= 1 and <= 3 && column is >= 2 and <= 4, float.IsNaN(y.Span[i]));
        }
    });

    [Fact]
    public void WrongShapesAreRefused()
    {
        using var scope = new TensorScope();
        Tensor x = scope.Zeros(new Shape(1, 36, 4));
        Assert.Throws<ArgumentException>(() => PixelPooling.Max(x, 6, 5, new PoolWindow(2), scope.New(new Shape(1, 9, 4))));
        Assert.Throws<ArgumentException>(() => PixelPooling.Max(x, 6, 6, new PoolWindow(2), scope.New(new Shape(1, 9, 3))));
        Assert.Throws<ArgumentException>(() => PixelPooling.Mix(x, 6, 6, new PoolWindow(2), scope.Zeros(new Shape(4)), scope.New(new Shape(1, 9, 4))));
        Assert.Throws<ArgumentException>(() => PixelPooling.Mix(x, 6, 6, new PoolWindow(3, 1, 1), scope.Zeros(new Shape(3)), scope.New(x.Shape)));
    }

    private static float[] Run(Shape maps, Shape pooled, Action<Tensor, Tensor, TensorScope> pool)
    {
        using var scope = new TensorScope();
        using var x = new GuardedTensor(PixelShape(maps), Pixels(FormulaParameters.Input("x", maps.ElementCount), maps));
        using var y = new GuardedTensor(PixelShape(pooled));
        pool(x.Tensor, y.Tensor, scope);
        return y.Tensor.ToArray();
    }

    private static Shape PixelShape(Shape map) => new(map[0], map[2] * map[3], map[1]);

    private static T[] Pixels<T>(T[] maps, Shape shape)
    {
        (int channels, int plane) = (shape[1], shape[2] * shape[3]);
        return [.. Enumerable.Range(0, maps.Length).Select(i => maps[(((i / channels / plane * channels) + (i % channels)) * plane) + (i / channels % plane)])];
    }
}
