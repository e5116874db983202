using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Kernels;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

/// <summary>Gradients of the operators that move elements, at odd shapes; refusals; memory.</summary>
public sealed class StructuralGradientTests
{
    private static readonly GradientInput X = GradientInput.Random("x", new Shape(3, 5, 7, 2));

    [Fact]
    public void Permutations_of_five_dimensions()
    {
        GradientInput x = GradientInput.Random("x", new Shape(2, 3, 4, 5, 6));
        foreach (int[] axes in (int[][])[[4, 3, 2, 1, 0], [0, 1, 3, 2, 4], [1, 0, 2, 4, 3], [0, 3, 1, 2, 4], [3, 4, 0, 1, 2]])
        {
            GradientCheck.Run(v => v[0].Permute(axes), v => Permuted(v[0], x.Shape, axes), [x]);
        }
    }

    [Fact]
    public void A_permutation_of_a_large_tensor_is_right()
    {
        // Larger than one item in rows, columns and planes.
        using var scope = new TensorScope();
        using var tape = new Tape();
        foreach (Shape shape in (Shape[])[new Shape(300, 500), new Shape(2, 257, 129), new Shape(40, 3, 33, 65)])
        {
            int[] axes = [.. Enumerable.Range(0, shape.Rank).Reverse()];
            float[] values = FormulaParameters.Input("x", shape.ElementCount);
            Variable y = tape.Constant(scope.From(values, shape)).Permute(axes);
            double[] expected = Permuted(TensorAssert.Widen(values), shape, axes);
            TensorAssert.Close(expected, y.Value.ToArray(), 0, shape.ToString());
        }
    }

    [Fact]
    public void Slices() => GradientCheck.Run(
        v => v[0].Slice(1, -4, -1).Slice(2, 1, 7, 3),
        v => Picked(v[0], X.Shape, [Enumerable.Range(0, 3), [1, 2, 3], [1, 4], [0, 1]]),
        [X]);

    [Fact]
    public void An_empty_slice_has_no_gradient_but_zeros()
    {
        using var tape = new Tape();
        Variable x = tape.Input(tape.Scope.From([1, 2, 3], new Shape(3)));
        Variable y = x.Slice(0, 3, 3);
        Assert.Equal(new Shape(0), y.Shape);
        tape.Backward(y, tape.New(new Shape(0)));
        Assert.Equal([0f, 0f, 0f], x.Gradient.ToArray());
    }

    [Fact]
    public void A_tensor_concatenated_with_itself_gets_both_gradients() => GradientCheck.Run(
        v => v[0].Concat(v[0], -1).Concat(v[0].Slice(3, 1, 2), 3),
        v => [.. v[0].Chunk(2).SelectMany(pair => (double[])[pair[0], pair[1], pair[0], pair[1], pair[1]])],
        [X]);

    [Fact]
    public void Expansions() => GradientCheck.Run(
        v => v[0].Expand(new Shape(3, 4, 6, 5)),
        v => [.. Enumerable.Range(0, 3 * 4 * 6 * 5).Select(i => v[0][i / 30 % 4])],
        [GradientInput.Random("x", new Shape(1, 4, 1, 1))]);

    [Fact]
    public void A_token_repeated_over_the_batch() => GradientCheck.Run(
        v => v[0].Expand(new Shape(5, 3, 4)),
        v => [.. Enumerable.Repeat(v[0], 5).SelectMany(t => t)],
        [GradientInput.Random("x", new Shape(1, 3, 4))]);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, -3)]
    [InlineData(-1, 1)]
    [InlineData(12, 0)]
    public void Rolls(int rows, int columns) => GradientCheck.Run(
        v => v[0].Roll(1, rows, columns),
        v => Picked(v[0], X.Shape, [Enumerable.Range(0, 3), Rolled(5, rows), Rolled(7, columns), [0, 1]]),
        [X]);

    [Fact]
    public void Index_selection_with_repeated_positions_on_wide_rows()
    {
        var x = GradientInput.Random("x", new Shape(2, 4, 1100));
        int[] index = [3, 0, 3, 3, 1];
        GradientCheck.Run(v => v[0].IndexSelect(1, index), v => Picked(v[0], x.Shape, [[0, 1], index, Enumerable.Range(0, 1100)]), [x]);
    }

    [Fact]
    public void Gathering_along_the_middle_dimension()
    {
        int[] index = [.. Enumerable.Range(0, 3 * 4 * 2).Select(i => i * 7 % 5)];
        GradientCheck.Run(
            v => v[0].Gather(1, index, 4),
            v => [.. Enumerable.Range(0, 24).Select(i => v[0][(((i / 8 * 5) + index[i]) * 2) + (i % 2)])],
            [GradientInput.Random("x", new Shape(3, 5, 2))]);
    }

    [Fact]
    public void Reflections_in_several_dimensions() => GradientCheck.Run(
        v => v[0].Pad(PadMode.Reflect, 1, 0, 6, 2, 0, 4),
        v => Picked(v[0], X.Shape, [Enumerable.Range(0, 3), [0, 1, 2, 3, 4, 3, 2, 1, 0], [6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6, 5, 4], [1, 0, 1]]),
        [X]);

    [Fact]
    public void Detached_values_stop_the_gradient()
    {
        using var tape = new Tape();
        Variable x = tape.Input(tape.Scope.From([1, 2], new Shape(2)));
        Variable y = x.Concat(x.Detach(), 0);
        tape.Backward(y, tape.Scope.From([1, 1, 1, 1], new Shape(4)));
        Assert.Equal([1f, 1f], x.Gradient.ToArray());
        Assert.False(x.Detach().NeedsGradient);
    }

    [Fact]
    public void Wrong_arguments_are_named()
    {
        using var tape = new Tape();
        Variable x = tape.Input(tape.Scope.Zeros(new Shape(2, 3, 4)));
        Assert.Contains("Permute", Assert.Throws<ArgumentException>(() => x.Permute(0, 0, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3, 4]", Assert.Throws<ArgumentException>(() => x.Slice(1, 4, 5)).Message, StringComparison.Ordinal);
        Assert.Contains("Slice", Assert.Throws<ArgumentException>(() => x.Slice(1, 0, 2, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("Concat", Assert.Throws<ArgumentException>(() => x.Concat(x.Permute(0, 2, 1), 0)).Message, StringComparison.Ordinal);
        Assert.Contains("Expand", Assert.Throws<ArgumentException>(() => x.Expand(new Shape(2, 3, 8))).Message, StringComparison.Ordinal);
        Assert.Contains("Roll", Assert.Throws<ArgumentException>(() => x.Roll(2, 1, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("position 3", Assert.Throws<ArgumentException>(() => x.IndexSelect(1, [0, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("Gather", Assert.Throws<ArgumentException>(() => x.Gather(1, [0], 1)).Message, StringComparison.Ordinal);
        Assert.Contains("Reflect", Assert.Throws<ArgumentException>(() => x.Pad(PadMode.Reflect, 4, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("Pad", Assert.Throws<ArgumentException>(() => x.Pad(0f, -3, -2)).Message, StringComparison.Ordinal);
        Assert.Contains("Linear", Assert.Throws<ArgumentException>(() => x.Linear(x)).Message, StringComparison.Ordinal);
        Assert.Contains("MatMul", Assert.Throws<ArgumentException>(() => x.MatMul(x)).Message, StringComparison.Ordinal);
        Assert.Contains("source", Assert.Throws<ArgumentException>(() =>
            StridedCopy.Run(x.Value, 20, Strides.RowMajor(new Shape(2, 3)), new Shape(2, 3), 0, Strides.RowMajor(new Shape(2, 3)), false, x.Value)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_steady_loop_allocates_nothing()
    {
        using var scope = new TensorScope();
        Tensor value = scope.Zeros(new Shape(4, 6, 10, 8));
        Tensor weight = scope.Zeros(new Shape(16, 8));
        Tensor seed = scope.Zeros(new Shape(4, 6, 10, 16));
        int[] order = [5, 4, 3, 2, 1, 0];
        using var tape = new Tape();
        void Step()
        {
            Variable x = tape.Input(value);
            Variable y = x.Permute(0, 1, 3, 2).Roll(1, 2, 3).Permute(0, 1, 3, 2).IndexSelect(1, order).Slice(1, 0, 5).Pad(0f, 0, 0, 0, 0, 0, 1);
            Variable z = y.Reshape(new Shape(24, 10, 8)).Linear(tape.Input(weight)).Reshape(new Shape(4, 6, 10, 16));
            tape.Backward(z, seed);
            tape.Reset();
        }

        Assert.Equal(0, SteadyAllocation.Of(warmUp: 40, calls: 10, Step));
    }

    private static int[] Rolled(int length, int shift) => [.. Enumerable.Range(0, length).Select(i => (((i - shift) % length) + length) % length)];

    private static double[] Permuted(double[] x, Shape shape, int[] axes)
    {
        var strides = Strides.RowMajor(shape);
        var target = new Shape([.. axes.Select(axis => shape[axis])]);
        var result = new double[x.Length];
        for (int i = 0; i < result.Length; i++)
        {
            long rest = i;
            long offset = 0;
            for (int axis = target.Rank - 1; axis >= 0; axis--)
            {
                offset += rest % target[axis] * strides[axes[axis]];
                rest /= target[axis];
            }

            result[i] = x[offset];
        }

        return result;
    }

    /// <summary>The elements at the given positions of each dimension.</summary>
    private static double[] Picked(double[] x, Shape shape, IEnumerable<int>[] positions)
    {
        var strides = Strides.RowMajor(shape);
        IEnumerable<long> offsets = [0L];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            long stride = strides[axis];
            IEnumerable<int> here = positions[axis];
            offsets = [.. offsets.SelectMany(offset => here.Select(p => offset + (p * stride)))];
        }

        return [.. offsets.Select(offset => x[offset])];
    }
}
