using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Densities.Flows;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;
using Xunit;

namespace GoNoGo.Learning.Tests.Densities;

[Collection("vector width")]
public sealed class FastFlowTests
{
    public static TheoryData<int, int, int, SubnetKernels, ClampForm> Flows() => new()
    {
        // Channels even and odd, with and without a last incomplete item of channels, maps that are not square, fewer pixels than lanes.
        { 6, 3, 5, SubnetKernels.Alternating, ClampForm.TanhOfA },
        { 35, 2, 1, SubnetKernels.Alternating, ClampForm.TanhOfAOverAlpha },
        { 5, 4, 4, SubnetKernels.One, ClampForm.TanhOfA },
        { 2, 5, 7, SubnetKernels.Three, ClampForm.TanhOfAOverAlpha },
    };

    [Theory]
    [MemberData(nameof(Flows))]
    public void ValuesAndGradientsEqualTheFormulas(int channels, int height, int width, SubnetKernels kernels, ClampForm form)
    {
        var options = new FastFlowOptions(channels) { Steps = 3, HiddenRatio = 1, Kernels = kernels, ClampForm = form, Clamp = 1.5f };
        var shape = new Shape(2, channels, height, width);
        using var scope = new TensorScope();
        WeightSource source = Random(scope);
        var flow = new FastFlow(options, source);
        double[][] parameters = [.. source.Parameters.Select(parameter => TensorAssert.Widen(parameter.Value.Span))];
        int[][] permutations = [.. source.Buffers.Select(buffer => Array.ConvertAll(buffer.Value.ToArray(), index => (int)index))];
        double[] x = TensorAssert.Widen(FormulaParameters.Input("x", shape.ElementCount));
        float[] weightsOfZ = FormulaParameters.Input("weights of z", shape.ElementCount);
        float[] weightsOfLog = FormulaParameters.Input("weights of log-determinants", shape[0]);

        double Reference()
        {
            (double[] z, double[] map) = FlowReference.Transform(options, parameters, permutations, x, shape);
            int pixels = height * width;
            return z.Zip(weightsOfZ, (value, weight) => value * weight).Sum() + map.Select((value, i) => value * weightsOfLog[i / pixels]).Sum();
        }

        double[] Differences(double[] point) => [.. Picked(point.Length).Select(i =>
        {
            double centre = point[i];
            point[i] = centre + 1e-5;
            double above = Reference();
            point[i] = centre - 1e-5;
            double below = Reference();
            point[i] = centre;
            return (above - below) / 2e-5;
        })];

        (double[] expectedZ, double[] expectedMap) = FlowReference.Transform(options, parameters, permutations, x, shape);
        double[] gradX = Differences(x);
        double[][] gradients = [.. parameters.Select(Differences)];
        ProcessSettings.ForEachWidth(vectors =>
        {
            using var tape = new Tape();
            Variable input = tape.Input(scope.From(Array.ConvertAll(x, value => (float)value), shape));
            FlowOutput output = flow.Transform(input);
            TensorAssert.Close(expectedZ, output.Z.Value.ToArray(), 5e-6, $"z, {vectors}");
            TensorAssert.Close(expectedMap, output.LogDeterminantMap.ToArray(), 5e-6, $"log-determinants by position, {vectors}");
            foreach (Parameter parameter in source.Parameters)
            {
                parameter.ResetGradient();
            }

            Variable loss = output.Z.Multiply(tape.Constant(scope.From(weightsOfZ, shape))).Sum()
                .Add(output.LogDeterminant.Multiply(tape.Constant(scope.From(weightsOfLog, new Shape(2)))).Sum());
            tape.Backward(loss);
            TensorAssert.Close(gradX, Sample(input.Gradient), 1e-4, $"gradient of x, {vectors}");
            for (int k = 0; k < gradients.Length; k++)
            {
                TensorAssert.Close(gradients[k], Sample(source.Parameters[k].Gradient), 1e-4, $"gradient of {source.Parameters[k].Name}, {vectors}");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void TheInverseComesBack(int channels, int height, int width, SubnetKernels kernels, ClampForm form)
    {
        var options = new FastFlowOptions(channels) { Steps = 6, HiddenRatio = 1, Kernels = kernels, ClampForm = form };
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        var flow = new FastFlow(options, Random(scope));
        Tensor x = scope.From(FormulaParameters.Input("x", 3L * channels * height * width), new Shape(3, channels, height, width));
        ProcessSettings.ForEachWidth(vectors =>
        {
            tape.Reset();
            FlowOutput output = flow.Transform(tape.Constant(x));
            Tensor back = scope.New(x.Shape);
            var logDeterminants = new double[3];
            flow.Inverse(output.Z.Value, back, logDeterminants);
            TensorAssert.Close(x.Span, back.Span, 1e-5, $"inverse, {vectors}");
            TensorAssert.Within(
                TensorAssert.Widen(output.LogDeterminant.Value.Span), Array.ConvertAll(logDeterminants, value => -value), 1e-4, what: $"log-determinant of the inverse, {vectors}");
            flow.Inverse(output.Z.Value, output.Z.Value, logDeterminants);
            TensorAssert.SameBits(back.Span, output.Z.Value.Span, "inverse in place");
        });
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void PackedTheBitsAreTheSame(int channels, int height, int width, SubnetKernels kernels, ClampForm form)
    {
        var options = new FastFlowOptions(channels) { Steps = 5, HiddenRatio = 1, Kernels = kernels, ClampForm = form };
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        var flow = new FastFlow(options, Random(scope));
        using PackedFlow packed = flow.Pack();
        Variable x = tape.Constant(scope.From(FormulaParameters.Input("x", 3L * channels * height * width), new Shape(3, channels, height, width)));
        ProcessSettings.ForEachWidth(vectors =>
        {
            using PackedFlow own = flow.Pack();
            FlowOutput expected = flow.Transform(x);
            foreach (PackedFlow each in (PackedFlow[])[packed, own, packed])
            {
                SameBits(expected, each.Transform(x), vectors.ToString());
            }
        });
    }

    [Fact]
    public void APackedFlowKeepsTheWeightsThatItWasMadeOf()
    {
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        WeightSource source = Random(scope);
        var flow = new FastFlow(new FastFlowOptions(12) { Steps = 2, HiddenRatio = 1 }, source);
        Variable x = tape.Constant(scope.From(FormulaParameters.Input("x", 2 * 12 * 5 * 4), new Shape(2, 12, 5, 4)));
        FlowOutput before = flow.Transform(x);
        using PackedFlow packed = flow.Pack();
        foreach (Parameter parameter in source.Parameters)
        {
            float[] old = parameter.Value.ToArray();
            parameter.Value.Span.Fill(0.5f);
            SameBits(before, packed.Transform(x), parameter.Name);
            using PackedFlow renewed = flow.Pack();
            SameBits(flow.Transform(x), renewed.Transform(x), $"{parameter.Name}, packed anew");
            Assert.NotEqual(before.Z.Value.ToArray(), renewed.Transform(x).Z.Value.ToArray());
            old.CopyTo(parameter.Value.Span);
        }

        using var recording = new Tape();
        Assert.Contains("gradient", Assert.Throws<ArgumentException>(() => packed.Transform(recording.Input(x.Value))).Message, StringComparison.Ordinal);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => packed.Transform(tape.Constant(scope.Zeros(new Shape(1, 11, 4, 4)))));
        Assert.Contains("[B, 12, H, W]", exception.Message, StringComparison.Ordinal);
        packed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => packed.Transform(x));
    }

    [Fact]
    public void ThreadsShareAPackedFlow()
    {
        using var scope = new TensorScope();
        var flow = new FastFlow(new FastFlowOptions(40) { Steps = 4, HiddenRatio = 0.5 }, Random(scope));
        using PackedFlow packed = flow.Pack();
        Tensor x = scope.From(FormulaParameters.Input("x", 4 * 40 * 9 * 8), new Shape(4, 40, 9, 8));
        using var tape = new Tape(records: false);
        float[] expected = flow.Transform(tape.Constant(x)).Z.Value.ToArray();
        Parallel.For(0, 12, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var own = new Tape(records: false);
            Tensor z = packed.Transform(own.Constant(x.Slice(i % 4, 1))).Z.Value;
            TensorAssert.SameBits(expected.AsSpan(i % 4 * 40 * 72, 40 * 72), z.Span, $"picture {i % 4}");
        });
    }

    [Fact]
    public void TheLogDeterminantIsThatOfTheNumericalJacobian()
    {
        var options = new FastFlowOptions(5) { Steps = 4, HiddenRatio = 1 };
        var shape = new Shape(1, 5, 2, 3);
        using var scope = new TensorScope();
        WeightSource source = Random(scope);
        var flow = new FastFlow(options, source);
        double[][] parameters = [.. source.Parameters.Select(parameter => TensorAssert.Widen(parameter.Value.Span))];
        int[][] permutations = [.. source.Buffers.Select(buffer => Array.ConvertAll(buffer.Value.ToArray(), index => (int)index))];
        float[] x = FormulaParameters.Input("x", 30);
        double[] At(int i, double change)
        {
            double[] moved = TensorAssert.Widen(x);
            moved[i] += change;
            return FlowReference.Transform(options, parameters, permutations, moved, shape).Z;
        }

        // Rows are the derivatives by one input each; the determinant is that of the transpose.
        double[][] jacobian = [.. Enumerable.Range(0, 30).Select(i => At(i, 1e-6).Zip(At(i, -1e-6), (above, below) => (above - below) / 2e-6).ToArray())];
        using var tape = new Tape(records: false);
        FlowOutput output = flow.Transform(tape.Constant(scope.From(x, shape)));
        Assert.Equal(LogOfDeterminant(jacobian), output.LogDeterminant.Value.Span[0], 1e-4);
    }

    [Fact]
    public void TheSameBitsForAnyNumberOfThreads()
    {
        (float[] Loss, float[] Z, float[][] Gradients) Run(int threads)
        {
            using IDisposable setting = ProcessSettings.Threads(threads);
            using var scope = new TensorScope();
            using var tape = new Tape();
            WeightSource source = WeightSource.Fresh(scope, 3);
            var flow = new FastFlow(new FastFlowOptions(70) { Steps = 3 }, source);
            Variable x = tape.Constant(scope.From(FormulaParameters.Input("x", 4 * 70 * 9 * 11), new Shape(4, 70, 9, 11)));
            FlowOutput output = flow.Transform(x);
            Variable loss = FlowLoss.Compute(output.Z, output.LogDeterminant);
            tape.Backward(loss);
            return (loss.Value.ToArray(), output.Z.Value.ToArray(), [.. source.Parameters.Select(parameter => parameter.Gradient.ToArray())]);
        }

        var alone = Run(1);
        foreach (int threads in new[] { 2, 5 })
        {
            var together = Run(threads);
            TensorAssert.SameBits(alone.Loss, together.Loss, "loss");
            TensorAssert.SameBits(alone.Z, together.Z, "z");
            for (int k = 0; k < alone.Gradients.Length; k++)
            {
                TensorAssert.SameBits(alone.Gradients[k], together.Gradients[k], $"gradient {k}");
            }
        }
    }

    [Fact]
    public void APictureGetsTheSameBitsAloneAndInABatch()
    {
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        var flow = new FastFlow(new FastFlowOptions(20) { Steps = 4 }, Random(scope));
        Tensor x = scope.From(FormulaParameters.Input("x", 3 * 20 * 6 * 7), new Shape(3, 20, 6, 7));
        FlowOutput batch = flow.Transform(tape.Constant(x));
        Tensor scores = tape.New(new Shape(3, 6, 7));
        FlowScores.Compute(FlowScore.Likelihood, batch, scores);
        for (int image = 0; image < 3; image++)
        {
            FlowOutput alone = flow.Transform(tape.Constant(x.Slice(image, 1)));
            Tensor score = tape.New(new Shape(1, 6, 7));
            FlowScores.Compute(FlowScore.Likelihood, alone, score);
            TensorAssert.SameBits(scores[image].Span, score.Span, $"scores of picture {image}");
        }
    }

    [Fact]
    public void AStepAllocatesNextToNothingOnceItHasRun()
    {
        using var scope = new TensorScope();
        using var tape = new Tape();
        WeightSource source = WeightSource.Fresh(scope, 3);
        var flow = new FastFlow(new FastFlowOptions(16) { Steps = 4 }, source);
        Tensor x = scope.From(FormulaParameters.Input("x", 2 * 16 * 5 * 5), new Shape(2, 16, 5, 5));
        void Step()
        {
            tape.Reset();
            foreach (Parameter parameter in source.Parameters)
            {
                parameter.ResetGradient();
            }

            tape.Backward(flow.Loss(tape.Constant(x)));
        }

        using IDisposable serial = ProcessSettings.Threads(1);
        Assert.InRange(SteadyAllocation.Of(warmUp: 2, calls: 1, Step), 0, 4096);
        using PackedFlow packed = flow.Pack();
        using var judging = new Tape(records: false);
        Assert.Equal(0, SteadyAllocation.Of(warmUp: 2, calls: 1, () =>
        {
            judging.Reset();
            packed.Transform(judging.Constant(x));
        }));
    }

    [Fact]
    public void SeedsGiveTheirOwnPermutationsAndStarts()
    {
        using var scope = new TensorScope();
        WeightSource Made(ulong seed)
        {
            WeightSource source = WeightSource.Fresh(scope, seed);
            _ = new FastFlow(new FastFlowOptions(40) { Steps = 2 }, source);
            return source;
        }

        WeightSource one = Made(1);
        float[] first = one.Buffers[0].Value.ToArray();
        Assert.Equal("fast_flow_decoder.module_list.0.perm", one.Buffers[0].Key);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (float)i), first.Order());
        Assert.Equal(first, Made(1).Buffers[0].Value.ToArray());
        Assert.NotEqual(first, one.Buffers[1].Value.ToArray());
        Assert.NotEqual(first, Made(2).Buffers[0].Value.ToArray());
        Parameter weight = one.Parameters.First(parameter => parameter.Name == "fast_flow_decoder.module_list.0.subnet.0.weight");
        float bound = (float)(1 / Math.Sqrt(20 * 9));
        Assert.All(weight.Value.ToArray(), value => Assert.InRange(value, -bound, bound));
    }

    [Fact]
    public void CountsAreThoseOfThePublishedTable()
    {
        (int Channels, int Side, int Steps, long Trainable, long Published)[] rows =
        [
            (768, 14, 20, 7_074_500, 30_968_516), (768, 7, 20, 7_074_500, 30_742_724), (512, 7, 20, 3_103_520, 13_639_456),
            (512, 28, 8, 1_241_408, 6_238_528), (1024, 14, 8, 5_001_864, 22_180_488), (2048, 7, 8, 20_079_896, 87_389_464),
        ];
        foreach ((int channels, int side, int steps, long trainable, long published) in rows)
        {
            var options = new FastFlowOptions(channels) { Steps = steps };
            Assert.Equal(trainable, options.TrainableCount);
            Assert.Equal(published, options.PublishedCount(side, side));
        }
    }

    [Fact]
    public void APermutationThatIsNoneIsRefused()
    {
        using var scope = new TensorScope();
        WeightSource source = WeightSource.FromReader(scope, (name, tensor) => tensor.Span.Fill(1));
        TensorFileException exception = Assert.Throws<TensorFileException>(() => new FastFlow(new FastFlowOptions(8) { Steps = 1, HiddenRatio = 1 }, source));
        Assert.Contains("step 0: perm", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SizesThatDoNotFitAreNamed()
    {
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        Assert.Throws<ArgumentException>(() => new FastFlow(new FastFlowOptions(8), WeightSource.Fresh(scope, 1)));
        var flow = new FastFlow(new FastFlowOptions(16) { Steps = 1 }, WeightSource.Fresh(scope, 1));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => flow.Transform(tape.Constant(scope.Zeros(new Shape(1, 15, 4, 4)))));
        Assert.Contains("[1, 15, 4, 4]", exception.Message, StringComparison.Ordinal);
        Assert.Contains("[B, 16, H, W]", exception.Message, StringComparison.Ordinal);
    }

    private static WeightSource Random(TensorScope scope) => WeightSource.FromReader(scope, (name, tensor) =>
    {
        if (name.EndsWith(".perm", StringComparison.Ordinal))
        {
            Array.ConvertAll(new RandomStream(7, name).Permutation((int)tensor.ElementCount), index => (float)index).CopyTo(tensor.Span);
        }
        else
        {
            FormulaParameters.Fill(name, tensor.Shape, tensor.Span);
        }
    });

    private static void SameBits(in FlowOutput expected, in FlowOutput actual, string what)
    {
        TensorAssert.SameBits(expected.Z.Value.Span, actual.Z.Value.Span, $"z, {what}");
        TensorAssert.SameBits(expected.LogDeterminant.Value.Span, actual.LogDeterminant.Value.Span, $"log-determinants, {what}");
        TensorAssert.SameBits(expected.LogDeterminantMap.Span, actual.LogDeterminantMap.Span, $"log-determinants by position, {what}");
    }

    private static int[] Picked(int count)
    {
        int picked = Math.Min(count, 40);
        return [.. Enumerable.Range(0, picked).Select(j => picked == 1 ? 0 : (int)((long)j * (count - 1) / (picked - 1)))];
    }

    private static double[] Sample(Tensor gradient) => Array.ConvertAll(Picked((int)gradient.ElementCount), i => (double)gradient.Span[i]);

    /// <summary>ln |det| by Gaussian elimination with row exchange.</summary>
    private static double LogOfDeterminant(double[][] matrix)
    {
        double sum = 0;
        for (int k = 0; k < matrix.Length; k++)
        {
            int pivot = Enumerable.Range(k, matrix.Length - k).MaxBy(row => Math.Abs(matrix[row][k]));
            (matrix[k], matrix[pivot]) = (matrix[pivot], matrix[k]);
            sum += Math.Log(Math.Abs(matrix[k][k]));
            for (int row = k + 1; row < matrix.Length; row++)
            {
                double factor = matrix[row][k] / matrix[k][k];
                for (int column = k; column < matrix.Length; column++)
                {
                    matrix[row][column] -= factor * matrix[k][column];
                }
            }
        }

        return sum;
    }
}
