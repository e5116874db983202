using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using GoNoGo.Testing.Reference;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

/// <summary>Gradients of the elementwise, reducing and normalising operators at odd shapes, against differences in double precision.</summary>
public sealed class ElementwiseGradientTests
{
    private static readonly Shape Odd = new(3, 5, 7);

    public static TheoryData<string> Functions => new(Unary.Keys);

    private static readonly Dictionary<string, (Func<Variable, Variable> Operator, Func<double, double> Reference, float Scale, float Shift)> Unary = new()
    {
        ["exp"] = (x => x.Exp(), Math.Exp, 2, 0),
        ["log"] = (x => x.Log(), Math.Log, 1, 1.5f),
        ["tanh"] = (x => x.Tanh(), Math.Tanh, 3, 0),
        ["sigmoid"] = (x => x.Sigmoid(), SpecialFunctions.Sigmoid, 5, 0),
        ["softplus"] = (x => x.Softplus(), SpecialFunctions.Softplus, 5, 0),
        ["softplus beta"] = (x => x.Softplus(beta: 3, threshold: 4), x => 3 * x > 4 ? x : SpecialFunctions.Softplus(3 * x) / 3, 3, 0.01f),
        ["gelu"] = (x => x.Gelu(), SpecialFunctions.Gelu, 4, 0),
        ["elu"] = (x => x.Elu(), x => x > 0 ? x : SpecialFunctions.Expm1(x), 3, 0),
        ["relu"] = (x => x.Relu(), x => Math.Max(x, 0), 1, 0),
        ["square"] = (x => x.Square(), x => x * x, 2, 0),
        ["sqrt"] = (x => x.Sqrt(), Math.Sqrt, 1, 1.5f),
        ["reciprocal"] = (x => x.Reciprocal(), x => 1 / x, 1, 2),
        ["clamp"] = (x => x.Clamp(-0.3f, 0.6f), x => Math.Clamp(x, -0.3f, 0.6f), 1, 0),
        ["scale"] = (x => x.Scale(-2.5f), x => -2.5 * x, 1, 0),
        ["add scalar"] = (x => x.AddScalar(0.75f), x => x + 0.75, 1, 0),
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Functions_of_one_number(string name)
    {
        (Func<Variable, Variable> function, Func<double, double> reference, float scale, float shift) = Unary[name];
        GradientCheck.Run(v => function(v[0]), v => Array.ConvertAll(v[0], x => reference(x)), [GradientInput.Random("x", Odd, scale, shift)]);
    }

    [Theory]
    [InlineData("add")]
    [InlineData("subtract")]
    [InlineData("multiply")]
    [InlineData("divide")]
    public void Functions_of_two_numbers_broadcast(string name)
    {
        Func<Variable, Variable, Variable> function = name switch
        {
            "add" => AddOperator.Add,
            "subtract" => SubtractOperator.Subtract,
            "multiply" => MultiplyOperator.Multiply,
            _ => DivideOperator.Divide,
        };
        Func<double, double, double> reference = name switch
        {
            "add" => (a, b) => a + b,
            "subtract" => (a, b) => a - b,
            "multiply" => (a, b) => a * b,
            _ => (a, b) => a / b,
        };
        foreach ((Shape left, Shape right) in ((Shape, Shape)[])
            [(Odd, Odd), (Odd, new Shape(7)), (new Shape(5, 1), Odd), (new Shape(3, 1, 7), new Shape(5, 1)), (Odd, Shape.Scalar), (new Shape(2, 1, 3, 1, 2), new Shape(4, 1, 3, 2))])
        {
            Shape shape = Tensors.Kernels.Elementwise.ElementwiseKernel.BroadcastShape(name, left, right);
            GradientCheck.Run(
                v => function(v[0], v[1]),
                v => [.. Enumerable.Range(0, (int)shape.ElementCount).Select(i => reference(v[0][Source(shape, left, i)], v[1][Source(shape, right, i)]))],
                [GradientInput.Random("a", left), GradientInput.Random("b", right, shift: 2.5f)]);
        }
    }

    [Fact]
    public void A_value_may_meet_itself() => GradientCheck.Run(
        v => v[0].Multiply(v[0]).Add(v[0]).Subtract(v[0].Divide(v[0])),
        v => Array.ConvertAll(v[0], x => (x * x) + x - 1),
        [GradientInput.Random("x", Odd, shift: 3)]);

    [Fact]
    public void Multiply_add() => GradientCheck.Run(
        v => v[0].MultiplyAdd(v[1], v[2]),
        v => [.. v[0].Select((x, i) => (x * v[1][i / 7 % 5]) + v[2][i % 7])],
        [GradientInput.Random("x", Odd), GradientInput.Random("g", new Shape(5, 1)), GradientInput.Random("b", new Shape(1, 1, 7))]);

    [Theory]
    [InlineData(new[] { 0 }, false)]
    [InlineData(new[] { 1 }, true)]
    [InlineData(new[] { -1 }, false)]
    [InlineData(new[] { 0, 2 }, true)]
    [InlineData(new[] { 0, 1, 2 }, false)]
    [InlineData(new int[0], false)]
    public void Sums_means_and_maxima(int[] axes, bool keep)
    {
        uint mask = axes.Aggregate(0u, (bits, axis) => bits | (1u << (axis < 0 ? axis + 3 : axis)));
        double count = axes.Aggregate(1.0, (product, axis) => product * Odd[axis]);
        GradientInput x = GradientInput.Random("x", Odd);
        GradientCheck.Run(v => v[0].Sum(axes, keep), v => Reduced(v[0], mask, (a, b) => a + b, 0), [x]);
        GradientCheck.Run(v => v[0].Mean(axes, keep), v => Array.ConvertAll(Reduced(v[0], mask, (a, b) => a + b, 0), s => s / count), [x]);
        GradientCheck.Run(v => v[0].Amax(axes, keep), v => Reduced(v[0], mask, Math.Max, double.NegativeInfinity), [x]);
        Shape result = Odd;
        using var tape = new Tape();
        Assert.Equal(keep ? 3 : 3 - axes.Length, tape.Constant(tape.Scope.Zeros(Odd)).Sum(axes, keep).Shape.Rank);
    }

    [Fact]
    public void Sum_and_mean_of_everything()
    {
        GradientCheck.Run(v => v[0].Sum(), v => [v[0].Sum()], [GradientInput.Random("x", Odd)]);
        GradientCheck.Run(v => v[0].Mean(), v => [v[0].Average()], [GradientInput.Random("x", Odd)]);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public void Layer_norm(int dimensions, bool affine)
    {
        int[] normalized = Odd.ToArray()[^dimensions..];
        int width = (int)new Shape(normalized).ElementCount;
        double[] Reference(double[][] v)
        {
            double[] y = Normalized(v[0], i => i / width, 1e-3);
            return affine ? [.. y.Select((e, i) => (e * v[1][i % width]) + v[2][i % width])] : y;
        }

        GradientInput x = GradientInput.Random("x", Odd, 2, 1);
        if (affine)
        {
            GradientCheck.Run(v => v[0].LayerNorm(v[1], v[2], 1e-3f), Reference, [x, GradientInput.Random("w", new Shape(normalized), 1, 1), GradientInput.Random("b", new Shape(normalized))]);
        }
        else
        {
            GradientCheck.Run(v => v[0].LayerNorm(dimensions, 1e-3f), Reference, [x]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Batch_norm(bool training)
    {
        foreach (Shape shape in (Shape[])[new Shape(3, 4, 5, 3), new Shape(9, 4)])
        {
            int size = (int)shape.Product(2, shape.Rank);
            int Channel(int i) => i / size % 4;
            double[] mean = [0.1, -0.2, 0.3, 0.4];
            double[] variance = [1, 0.5, 2, 0.7];
            using var scope = new TensorScope();
            GradientCheck.Run(
                v => v[0].BatchNorm2d(
                    v[1], v[2],
                    v[0].Tape.Scope.From(Array.ConvertAll(mean, m => (float)m), new Shape(4)),
                    v[0].Tape.Scope.From(Array.ConvertAll(variance, m => (float)m), new Shape(4)), training, eps: 1e-3f),
                v =>
                {
                    double[] y = training
                        ? Normalized(v[0], Channel, 1e-3)
                        : [.. v[0].Select((x, i) => (x - mean[Channel(i)]) / Math.Sqrt(variance[Channel(i)] + 1e-3))];
                    return [.. y.Select((e, i) => (e * v[1][Channel(i)]) + v[2][Channel(i)])];
                },
                [GradientInput.Random("x", shape, 2, 1), GradientInput.Random("w", new Shape(4), 1, 1), GradientInput.Random("b", new Shape(4))]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Softmax_family(int axis)
    {
        GradientInput x = GradientInput.Random("x", Odd, 3);
        int index = axis < 0 ? axis + 3 : axis;
        double[] LogSum(double[] v) => Array.ConvertAll(Reduced(Array.ConvertAll(v, Math.Exp), 1u << index, (a, b) => a + b, 0), Math.Log);
        int inner = (int)Odd.Product(index + 1, 3);
        int Group(int i) => (i / (inner * Odd[index]) * inner) + (i % inner);
        GradientCheck.Run(v => v[0].LogSumExp(axis), v => LogSum(v[0]), [x]);
        GradientCheck.Run(v => v[0].LogSumExp(axis, keepDimension: true), v => LogSum(v[0]), [x]);
        GradientCheck.Run(v => v[0].LogSoftmax(axis), v => [.. v[0].Select((e, i) => e - LogSum(v[0])[Group(i)])], [x]);
        GradientCheck.Run(v => v[0].Softmax(axis), v => [.. v[0].Select((e, i) => Math.Exp(e - LogSum(v[0])[Group(i)]))], [x]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Lengths_of_vectors(int axis)
    {
        GradientInput x = GradientInput.Random("x", Odd, 0.7f, 0.2f);
        int index = axis < 0 ? axis + 3 : axis;
        int inner = (int)Odd.Product(index + 1, 3);
        int Group(int i) => (i / (inner * Odd[index]) * inner) + (i % inner);
        double[] Scaled(double[] v, Func<double, double> factor)
        {
            double[] squares = Reduced(Array.ConvertAll(v, e => e * e), 1u << index, (a, b) => a + b, 0);
            return [.. v.Select((e, i) => e * factor(Math.Sqrt(squares[Group(i)])))];
        }

        GradientCheck.Run(v => v[0].L2Normalize(axis), v => Scaled(v[0], n => 1 / n), [x]);
        GradientCheck.Run(v => v[0].L2Normalize(axis, eps: 100), v => Scaled(v[0], n => 0.01), [x]);
        GradientCheck.Run(v => v[0].Squash(axis), v => Scaled(v[0], n => n / (1 + (n * n))), [x]);
        GradientCheck.Run(v => v[0].Squash(axis, eps: 0.5), v => Scaled(v[0], n => n * n / (1 + (n * n)) / (n + 0.5)), [x]);
    }

    [Fact]
    public void Mean_squared_error() => GradientCheck.Run(
        v => v[0].MseLoss(v[1]),
        v => [v[0].Zip(v[1], (a, b) => (a - b) * (a - b)).Average()],
        [GradientInput.Random("a", Odd), GradientInput.Random("b", Odd)]);

    [Fact]
    public void A_steady_step_allocates_nothing()
    {
        using var scope = new TensorScope();
        using var tape = new Tape();
        Tensor x = scope.From(FormulaParameters.Input("x", Odd.ElementCount), Odd);
        Tensor ones = scope.From([1f, 1f, 1f, 1f, 1f, 1f, 1f], new Shape(7));
        Tensor mean = scope.Zeros(new Shape(5));
        Tensor variance = scope.From([1f, 1f, 1f, 1f, 1f], new Shape(5));
        void Step()
        {
            Variable v = tape.Input(x);
            Variable w = tape.Input(ones);
            Variable y = v.LayerNorm(w, w).Gelu().Multiply(w).Add(w).BatchNorm2d(default, default, mean, variance, training: true)
                .Softplus().Tanh().Softmax().Divide(w).Squash().Scale(2f).MultiplyAdd(w, w);
            Variable loss = y.LogSumExp().Mean().Add(y.MseLoss(v)).Add(y.Amax([0, 1, 2]));
            tape.Backward(loss);
            tape.Reset();
        }

        Assert.Equal(0, SteadyAllocation.Of(warmUp: 3, calls: 10, Step));
    }

    [Fact]
    public void Refusals_name_the_operator_and_the_shapes()
    {
        using var tape = new Tape();
        Variable x = tape.Constant(tape.Scope.Zeros(Odd));
        Variable w = tape.Constant(tape.Scope.Zeros(new Shape(6)));
        Refuses(() => x.Add(w), "Add: shapes [3, 5, 7] and [6]");
        Refuses(() => x.LayerNorm(w), "LayerNorm: weight has shape [6]");
        Refuses(() => x.LayerNorm(4), "LayerNorm: 4 dimensions");
        Refuses(() => x.Softmax(3), "Softmax: shape [3, 5, 7] has no axis 3");
        Refuses(() => x.Sum([0, 0]), "Sum: axis 0");
        Refuses(() => x.MseLoss(w), "MseLoss: b has shape [6]");
        Refuses(() => w.BatchNorm2d(default, default, w.Value, w.Value, training: true), "BatchNorm2d");
        Refuses(() => x.Squash(-4), "Squash: shape [3, 5, 7] has no axis -4");
    }

    private static void Refuses(Action action, string beginning) =>
        Assert.StartsWith(beginning, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

    /// <summary>(x - mean) / sqrt(variance + eps) within groups of elements.</summary>
    private static double[] Normalized(double[] x, Func<int, int> group, double eps)
    {
        var statistics = x.Select((e, i) => (Value: e, Group: group(i))).GroupBy(p => p.Group).ToDictionary(g => g.Key, g =>
        {
            double mean = g.Average(p => p.Value);
            return (Mean: mean, Inverse: 1 / Math.Sqrt(g.Average(p => (p.Value - mean) * (p.Value - mean)) + eps));
        });
        return [.. x.Select((e, i) => (e - statistics[group(i)].Mean) * statistics[group(i)].Inverse)];
    }

    private static double[] Reduced(double[] x, uint mask, Func<double, double, double> combine, double start)
    {
        int count = 1;
        for (int axis = 0; axis < 3; axis++)
        {
            count *= (mask >> axis & 1) == 0 ? Odd[axis] : 1;
        }

        var results = new double[count];
        Array.Fill(results, start);
        for (int flat = 0; flat < x.Length; flat++)
        {
            int output = 0;
            int stride = 1;
            int rest = flat;
            for (int axis = 2; axis >= 0; axis--)
            {
                if ((mask >> axis & 1) == 0)
                {
                    output += rest % Odd[axis] * stride;
                    stride *= Odd[axis];
                }

                rest /= Odd[axis];
            }

            results[output] = combine(results[output], x[flat]);
        }

        return results;
    }

    private static int Source(Shape shape, Shape source, int flat)
    {
        int index = 0;
        int stride = 1;
        for (int fromEnd = 1; fromEnd <= shape.Rank; fromEnd++)
        {
            int position = flat % shape[-fromEnd];
            flat /= shape[-fromEnd];
            if (fromEnd <= source.Rank)
            {
                index += source[-fromEnd] == 1 ? 0 : position * stride;
                stride *= source[-fromEnd];
            }
        }

        return index;
    }
}
