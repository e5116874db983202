using GoNoGo.Tensors.Kernels.Convolution;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Tensors.Simd;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Tensors.Tests.Kernels.Convolution;

[Collection("vector width")]
public sealed class ConvolutionTests
{
    /// <summary>All widths: one that the processor lacks runs too, its vectors made of shorter ones by the runtime.</summary>
    public static TheoryData<VectorWidth> Widths => [.. Enum.GetValues<VectorWidth>()];

    /// <summary>Shapes that reach the tiles' edges: many channels, deep sums, maps narrower than a vector, several images at a time.</summary>
    private static IEnumerable<ConvolutionCase> Written =>
    [
        ConvolutionCase.Transposed(2, 8, 8, 16, 3, 2, 1),
        ConvolutionCase.Transposed(1, 4, 7, 9, 9, 3, 1),
        ConvolutionCase.Transposed(1, 3, 9, 5, 7, 5, 1, outputPadding: 2),
        ConvolutionCase.Transposed(1, 5, 20, 3, 11, 1, 0),
        ConvolutionCase.Transposed(1, 3, 6, 4, 2, 4, 0),
        ConvolutionCase.Plain(1, 130, 5, 5, 17, 3, ConvolutionWindow.Same(3, 3)),
        ConvolutionCase.Plain(3, 6, 14, 14, 61, 3, ConvolutionWindow.Same(3, 3)),
        ConvolutionCase.Plain(2, 3, 32, 48, 10, 16, new ConvolutionWindow(stride: 16)),
        ConvolutionCase.Plain(1, 6, 9, 11, 6, 3, new ConvolutionWindow(padding: 1, groups: 6)),
        ConvolutionCase.Plain(1, 2, 70, 67, 8, 2, ConvolutionWindow.Same(2, 2)),
        ConvolutionCase.Plain(2, 7, 5, 6, 3, 1, new ConvolutionWindow(padding: 3)),
        ConvolutionCase.Plain(1, 2, 4, 3, 2, 3, new ConvolutionWindow(stride: 4, padding: 5)),
    ];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_pass_matches_the_textbook_on_random_geometries(VectorWidth width)
    {
        var random = new System.Random(20_240_611);
        for (int i = 0; i < 40; i++)
        {
            Check(ConvolutionCase.Sample(random), width);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_pass_matches_the_textbook_on_written_geometries(VectorWidth width)
    {
        foreach (ConvolutionCase shapes in Written)
        {
            Check(shapes, width);
        }
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        ConvolutionCase[] cases =
        [
            ConvolutionCase.Transposed(3, 6, 40, 5, 5, 2, 1),
            ConvolutionCase.Plain(2, 5, 60, 70, 9, 3, new ConvolutionWindow(stride: 2, padding: 1)),
        ];
        foreach (ConvolutionCase shapes in cases)
        {
            Results? first = null;
            foreach (int threads in new[] { 1, 2, 3, 5 })
            {
                using IDisposable set = ProcessSettings.Threads(threads);
                Results results = Run(shapes, accumulate: false, relu: true, VectorWidths.Current);
                first ??= results;
                TensorAssert.SameBits(first.Y, results.Y, "y");
                TensorAssert.SameBits(first.GradX, results.GradX, "gradient of x");
                TensorAssert.SameBits(first.GradWeight, results.GradWeight, "gradient of weight");
                TensorAssert.SameBits(first.GradBias, results.GradBias, "gradient of bias");
                TensorAssert.SameBits(first.Transposed, results.Transposed, "transposed");
            }
        }
    }

    [Fact]
    public void A_steady_call_allocates_no_managed_memory()
    {
        using var scope = new TensorScope();
        ConvolutionGeometry g = ConvolutionCase.Plain(2, 5, 20, 20, 9, 3, new ConvolutionWindow(stride: 2, padding: 1)).Geometry;
        Tensor x = scope.Zeros(g.InputShape(2)), w = scope.Zeros(g.WeightShape), y = scope.Zeros(g.OutputShape(2));
        void Pass()
        {
            Conv2dKernel.Forward(x, w, default, g, relu: false, y);
            Conv2dKernel.GradientOfInput(y, w, g, accumulate: false, x);
            Conv2dKernel.GradientOfWeight(x, y, g, accumulate: false, w);
        }

        using IDisposable single = ProcessSettings.Threads(1);
        Assert.Equal(0, SteadyAllocation.Of(warmUp: 2, calls: 1, Pass));
    }

    [Fact]
    public void A_not_a_number_stays_in_its_own_window()
    {
        using var scope = new TensorScope();
        ConvolutionGeometry g = ConvolutionCase.Plain(1, 2, 12, 21, 3, 3, ConvolutionWindow.Same(3, 3)).Geometry;
        Tensor x = scope.From(Values("x", g.InputShape(1)), g.InputShape(1));
        x.Span[(5 * 21) + 20] = float.NaN;
        Tensor y = scope.New(g.OutputShape(1));
        Conv2dKernel.Forward(x, scope.From(Values("w", g.WeightShape), g.WeightShape), default, g, relu: true, y);
        for (int i = 0; i < y.Span.Length; i++)
        {
            int row = i / 21 % 12, column = i % 21;
            Assert.Equal(row is >= 4 and <= 6 && column >= 19, float.IsNaN(y.Span[i]));
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var scope = new TensorScope();
        Shape x = new(1, 4, 5, 5);
        Assert.Throws<ArgumentException>(() => ConvolutionGeometry.ForConv2d(x, new Shape(2, 3, 3, 3), new ConvolutionWindow(1)));
        Assert.Throws<ArgumentException>(() => ConvolutionGeometry.ForConv2d(x, new Shape(2, 4, 6, 3), new ConvolutionWindow(1)));
        Assert.Throws<ArgumentException>(() => ConvolutionGeometry.ForConv2d(x, new Shape(2, 4, 3, 3), default));
        Assert.Throws<ArgumentException>(() => ConvolutionGeometry.ForConv2d(x, new Shape(3, 2, 3, 3), new ConvolutionWindow(groups: 2)));
        Assert.Throws<ArgumentException>(() => ConvolutionGeometry.ForConvTranspose2d(x, new Shape(3, 2, 3, 3), new ConvolutionWindow(1)));
        Assert.Throws<ArgumentException>(() => ConvolutionGeometry.ForConvTranspose2d(x, new Shape(4, 2, 3, 3), new ConvolutionWindow(2, outputPadding: 2)));
        ConvolutionGeometry g = ConvolutionGeometry.ForConv2d(x, new Shape(2, 4, 3, 3), new ConvolutionWindow(1));
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            Conv2dKernel.Forward(scope.New(x), scope.New(g.WeightShape), default, g, relu: false, scope.New(new Shape(1, 2, 5, 5))));
        Assert.Contains("[1, 2, 5, 5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 2, 3, 3]", error.Message, StringComparison.Ordinal);
    }

    private static void Check(ConvolutionCase shapes, VectorWidth width)
    {
        (ConvolutionGeometry g, int images) = shapes;
        double[] x = Wide("x", g.InputShape(images)), w = Wide("w", g.WeightShape), y = Wide("y", g.OutputShape(images));
        double[] outputBias = Wide("bias", new Shape(g.OutputChannels)), inputBias = Wide("bias", new Shape(g.InputChannels));
        double[] forward = ReferenceConvolution.Forward(x, w, outputBias, g, images);
        double[] transposed = ReferenceConvolution.Adjoint(y, w, inputBias, g, images);
        double[] gradX = ReferenceConvolution.Adjoint(y, w, null, g, images);
        double[] gradTransposed = ReferenceConvolution.Forward(x, w, null, g, images);
        double[] gradWeight = ReferenceConvolution.GradientOfWeight(x, y, g, images);
        Results plain = Run(shapes, accumulate: false, relu: false, width);
        string what = $"{g} x{images}";
        TensorAssert.Close(forward, plain.Y, 2e-6, $"y of {what}");
        TensorAssert.Close(transposed, plain.Transposed, 2e-6, $"transposed y of {what}");
        TensorAssert.Close(gradX, plain.GradX, 2e-6, $"gradient of x of {what}");
        TensorAssert.Close(gradTransposed, plain.GradTransposed, 2e-6, $"gradient of transposed x of {what}");
        TensorAssert.Close(gradWeight, plain.GradWeight, 2e-6, $"gradient of weight of {what}");
        TensorAssert.Close(gradWeight, plain.GradTransposedWeight, 2e-6, $"gradient of transposed weight of {what}");
        Results added = Run(shapes, accumulate: true, relu: true, width);
        TensorAssert.Close(Array.ConvertAll(forward, v => Math.Max(v, 0)), added.Y, 2e-6, $"relu y of {what}");
        TensorAssert.Close(Array.ConvertAll(transposed, v => Math.Max(v, 0)), added.Transposed, 2e-6, $"relu transposed y of {what}");
        TensorAssert.Close(Array.ConvertAll(gradX, v => v + 1), added.GradX, 2e-6, $"added gradient of x of {what}");
        TensorAssert.Close(Array.ConvertAll(gradTransposed, v => v + 1), added.GradTransposed, 2e-6, $"added gradient of transposed x of {what}");
        TensorAssert.Close(Array.ConvertAll(gradWeight, v => v + 1), added.GradWeight, 2e-6, $"added gradient of weight of {what}");
    }

    /// <summary>All passes; the gradients' buffers hold ones before, which count only when accumulating.</summary>
    private static unsafe Results Run(ConvolutionCase shapes, bool accumulate, bool relu, VectorWidth width)
    {
        (ConvolutionGeometry g, int images) = shapes;
        using var scope = new TensorScope();
        Tensor New(string name, Shape shape) => scope.From(Values(name, shape), shape);
        Tensor Ones(Shape shape)
        {
            Tensor ones = scope.New(shape);
            ones.Span.Fill(1f);
            return ones;
        }

        Tensor x = New("x", g.InputShape(images)), w = New("w", g.WeightShape), y = New("y", g.OutputShape(images));
        Tensor forward = Ones(y.Shape), transposed = Ones(x.Shape), gradX = Ones(x.Shape), gradTransposed = Ones(y.Shape);
        Tensor gradWeight = Ones(w.Shape), gradTransposedWeight = Ones(w.Shape), gradBias = Ones(new Shape(g.OutputChannels));
        Tensor outputBias = New("bias", new Shape(g.OutputChannels)), inputBias = New("bias", new Shape(g.InputChannels));
        Conv2dKernel.GradientOfBias(y, accumulate, gradBias);
        if (VectorWidths.Available.Contains(width))
        {
            using IDisposable forced = ProcessSettings.Force(width);
            Conv2dKernel.Forward(x, w, outputBias, g, relu, forward);
            Conv2dKernel.GradientOfInput(y, w, g, accumulate, gradX);
            Conv2dKernel.GradientOfWeight(x, y, g, accumulate, gradWeight);
            ConvTranspose2dKernel.Forward(y, w, inputBias, g, relu, transposed);
            ConvTranspose2dKernel.GradientOfInput(x, w, g, accumulate, gradTransposed);
            ConvTranspose2dKernel.GradientOfWeight(y, x, g, accumulate: false, gradTransposedWeight);
        }
        else
        {
            PlaneConvolution.Forward(width, x.Pointer, w.Pointer, outputBias.Pointer, g, images, relu, false, forward.Pointer);
            PlaneConvolution.Adjoint(width, y.Pointer, w.Pointer, null, g, images, false, accumulate, gradX.Pointer);
            PlaneWeightGradient.Run(width, x.Pointer, y.Pointer, g, images, accumulate, gradWeight.Pointer);
            PlaneConvolution.Adjoint(width, y.Pointer, w.Pointer, inputBias.Pointer, g, images, relu, false, transposed.Pointer);
            PlaneConvolution.Forward(width, x.Pointer, w.Pointer, null, g, images, false, accumulate, gradTransposed.Pointer);
            PlaneWeightGradient.Run(width, x.Pointer, y.Pointer, g, images, false, gradTransposedWeight.Pointer);
        }

        return new Results(
            forward.ToArray(), transposed.ToArray(), gradX.ToArray(), gradTransposed.ToArray(),
            gradWeight.ToArray(), gradTransposedWeight.ToArray(), gradBias.ToArray());
    }

    private static float[] Values(string name, Shape shape) => FormulaParameters.Input(name, shape.ElementCount);

    private static double[] Wide(string name, Shape shape) => TensorAssert.Widen(Values(name, shape));

    private sealed record Results(
        float[] Y, float[] Transposed, float[] GradX, float[] GradTransposed, float[] GradWeight, float[] GradTransposedWeight, float[] GradBias);
}
