using System.Text.Json;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

/// <summary>Activations, broadcasting, reductions, normalisations and the softmax family against the reference data.</summary>
[Collection("vector width")]
public sealed class ElementwiseGoldenTests
{
    private static Goldens Ops => Goldens.Open("golden/ops.safetensors");

    [Fact]
    public void Elu() => OperatorGolden.Check("act.elu", ["x"], v => v[0].Elu());

    [Fact]
    public void Exp() => OperatorGolden.Check("act.exp_scaled", ["x"], v => v[0].Scale(0.25f).Exp());

    [Fact]
    public void Gelu() => OperatorGolden.Check("act.gelu", ["x"], v => v[0].Gelu());

    [Fact]
    public void Relu() => OperatorGolden.Check("act.relu", ["x"], v => v[0].Relu());

    [Fact]
    public void Sigmoid() => OperatorGolden.Check("act.sigmoid", ["x"], v => v[0].Sigmoid());

    [Fact]
    public void Softplus() => OperatorGolden.Check("act.softplus", ["x"], v => v[0].Softplus());

    [Fact]
    public void Softplus_with_beta() => OperatorGolden.Check("act.softplus_beta0.5", ["x"], v => v[0].Softplus(beta: 0.5f));

    [Fact]
    public void Tanh() => OperatorGolden.Check("act.tanh", ["x"], v => v[0].Tanh());

    [Fact]
    public void Divide() => OperatorGolden.Check("broadcast.div", ["a", "b"], v => v[0].Divide(v[1]));

    [Fact]
    public void MultiplyAdd() => OperatorGolden.Check("broadcast.mul_add", ["x", "g", "b"], v => v[0].MultiplyAdd(v[1], v[2]));

    [Fact]
    public void Multiply_and_add() => OperatorGolden.Check("broadcast.mul_add", ["x", "g", "b"], v => v[0].Multiply(v[1]).Add(v[2]));

    [Fact]
    public void Sum() => OperatorGolden.Check("reduce.sum_keep", ["x"], v => v[0].Sum([1, 2], keepDimensions: true));

    [Fact]
    public void Mean() => OperatorGolden.Check("reduce.mean", ["x"], v => v[0].Mean([1, 3]));

    [Fact]
    public void Amax() => OperatorGolden.Check("reduce.amax", ["x"], v => v[0].Amax([2, 3]));

    [Fact]
    public void L2Normalize() => OperatorGolden.Check("l2_normalize", ["x"], v => v[0].L2Normalize());

    [Fact]
    public void MseLoss() => OperatorGolden.Check("mse_loss", ["a", "b"], v => v[0].MseLoss(v[1]));

    [Theory]
    [InlineData("layer_norm.1e-5", 5e-6)]
    [InlineData("layer_norm.1e-6", 5e-6)]
    [InlineData("layer_norm.chw", 5e-6)]
    [InlineData("layer_norm.tiny_variance", 5e-6)]
    [InlineData("layer_norm.offset", 5e-5)]
    public void LayerNorm(string name, double limit) =>
        OperatorGolden.Check(name, ["x", "weight", "bias"], v => v[0].LayerNorm(v[1], v[2], Ops.Case(name).GetProperty("eps").GetSingle()), limit);

    [Theory]
    [InlineData("batch_norm_eval.2d")]
    [InlineData("batch_norm_train.2d")]
    [InlineData("batch_norm_train.b1")]
    [InlineData("batch_norm_train.eps1e-3")]
    public void BatchNorm(string name)
    {
        JsonElement attributes = Ops.Case(name);
        float eps = attributes.GetProperty("eps").GetSingle();
        float momentum = attributes.TryGetProperty("momentum", out JsonElement given) ? given.GetSingle() : 0.1f;
        bool training = attributes.GetProperty("training").GetBoolean();
        OperatorGolden.Check(name, ["x", "weight", "bias"], v =>
        {
            Tensor mean = Ops.Tensor($"{name}/running_mean", v[0].Tape.Scope);
            Tensor variance = Ops.Tensor($"{name}/running_var", v[0].Tape.Scope);
            Variable y = v[0].BatchNorm2d(v[1], v[2], mean, variance, training, momentum, eps);
            string prefix = training ? "new_" : "";
            TensorAssert.Close(Ops.Floats($"{name}/{prefix}running_mean"), mean.ToArray(), OperatorGolden.Limit, name + "/running_mean");
            TensorAssert.Close(Ops.Floats($"{name}/{prefix}running_var"), variance.ToArray(), OperatorGolden.Limit, name + "/running_var");
            return y;
        });
    }

    [Theory]
    [InlineData("softmax.s0_d-1")]
    [InlineData("softmax.s0_d0")]
    [InlineData("softmax.s1_d-1")]
    [InlineData("softmax.s1_d1")]
    public void Softmax(string name) => OperatorGolden.Check(name, ["x"], v => v[0].Softmax(Dim(name)));

    [Fact]
    public void Softmax_of_large_logits()
    {
        // The gradient is saturated: the stated limit is absolute.
        double largest = Ops.Floats("softmax.large/dx").Max(Math.Abs);
        OperatorGolden.Check("softmax.large", ["x"], v => v[0].Softmax(), gradientLimit: 1e-6 / Math.Max(largest, TensorAssert.Floor));
    }

    [Theory]
    [InlineData("log_softmax.s0_d-1")]
    [InlineData("log_softmax.s0_d0")]
    [InlineData("log_softmax.s1_d-1")]
    [InlineData("log_softmax.s1_d1")]
    [InlineData("log_softmax.large")]
    public void LogSoftmax(string name) => OperatorGolden.Check(name, ["x"], v => v[0].LogSoftmax(Dim(name)));

    [Theory]
    [InlineData("logsumexp.s0_d-1", 5e-6)]
    [InlineData("logsumexp.s0_d0", 5e-6)]
    [InlineData("logsumexp.s1_d-1", 5e-6)]
    [InlineData("logsumexp.s1_d1", 5e-6)]
    [InlineData("logsumexp.large", 3e-5)]
    public void LogSumExp(string name, double gradientLimit) =>
        OperatorGolden.Check(name, ["x"], v => v[0].LogSumExp(Dim(name)), gradientLimit: gradientLimit);

    private static int Dim(string name) => Ops.Case(name).GetProperty("dim").GetInt32();
}
