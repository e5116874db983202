using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Testing;
using Xunit.Sdk;

namespace GoNoGo.Learning.Tests.Testing;

public sealed class GradientCheckTests
{
    private static readonly GradientInput[] Inputs = [GradientInput.Random("x", new Shape(3, 7))];

    [Fact]
    public void A_right_gradient_passes()
    {
        GradientCheck.Run(inputs => inputs[0].Relu(), inputs => [.. inputs[0].Select(x => Math.Max(x, 0))], Inputs);
        GradientCheck.RunSingle(inputs => inputs[0].Relu(), [new GradientInput(new Shape(3), [-1, 0.5f, 2])]);
    }

    [Theory]
    [InlineData(1.001f, false)]
    [InlineData(-1f, false)]
    [InlineData(1f, true)]
    public void A_wrong_gradient_is_found(float factor, bool overwrites)
    {
        Assert.ThrowsAny<XunitException>(() =>
            GradientCheck.Run(inputs => Faulty(inputs[0], factor, overwrites), inputs => [.. inputs[0].Select(x => 3 * x)], Inputs));
        if (factor != 1.001f)
        {
            Assert.ThrowsAny<XunitException>(() => GradientCheck.RunSingle(inputs => Faulty(inputs[0], factor, overwrites), Inputs));
        }
    }

    /// <summary>y = 3x with a gradient that is off by a factor or does not accumulate.</summary>
    private static Variable Faulty(Variable x, float factor, bool overwrites)
    {
        Tensor y = x.Tape.New(x.Shape);
        for (int i = 0; i < y.ElementCount; i++)
        {
            y.Span[i] = 3 * x.Value.Span[i];
        }

        if (!x.Tape.Tracks(x))
        {
            return x.Tape.Constant(y);
        }

        FaultyNode node = x.Tape.Rent<FaultyNode>();
        (node.X, node.Factor, node.Overwrites) = (x, factor, overwrites);
        return x.Tape.Emit(y, node);
    }

    private sealed class FaultyNode : TapeNode
    {
        public Variable X { get; set; }

        public float Factor { get; set; }

        public bool Overwrites { get; set; }

        public override void Backward(Tape tape, Tensor gradient)
        {
            Span<float> target = tape.Accumulate(X).Span;
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = (Overwrites ? 0 : target[i]) + (3 * Factor * gradient.Span[i]);
            }
        }
    }
}
