using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Execution;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Graphs.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Learning.Tests.Graphs;

/// <summary>The plan against the tape on a network with every operator; sharing, memory and errors.</summary>
[Collection("vector width")]
public sealed class InferencePlanTests
{
    private static readonly Graph Sample = SampleGraph.Build();
    private static readonly string[] Outputs = [.. Sample.Outputs.Keys];

    [Fact]
    public void TheSampleHasEveryOperator()
    {
        Type[] all = [.. typeof(Operator).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operator)) && type.Namespace == typeof(LinearOp).Namespace)];
        Assert.Equal([], all.Except(Sample.Nodes.Select(node => node.Operator.GetType())).Select(type => type.Name));
    }

    [Fact]
    public void ThePlanComputesWhatTheTapeComputes() => ProcessSettings.ForEachWidth(width =>
    {
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        Tensor input = Input(scope, 3);
        Variable[] expected = new TapeExecutor(Sample, Outputs, Formula(scope)).Run(tape.Constant(input));
        using var plan = InferencePlan.Compile(Sample, Outputs, Formula(scope));
        Tensor[] actual = plan.Run(input, scope);
        for (int i = 0; i < Outputs.Length; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);
            TensorAssert.Close(expected[i].Value.ToArray(), actual[i].ToArray(), 3e-6, $"{Outputs[i]} at {width}");
        }
    });

    [Fact]
    public void AnyLabelCanBeAnOutputAndTheSameValueTwice()
    {
        string[] labels = [.. Sample.Labels.Keys.Where(label => label != "stem.drop" && label != "windows.drop"), "maps", "@input"];
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        Tensor input = Input(scope, 2);
        Variable[] expected = new TapeExecutor(Sample, labels, Formula(scope)).Run(tape.Constant(input));
        using var plan = InferencePlan.Compile(Sample, labels, Formula(scope));
        Tensor[] actual = plan.Run(input, scope);
        for (int i = 0; i < labels.Length; i++)
        {
            TensorAssert.Close(expected[i].Value.ToArray(), actual[i].ToArray(), 3e-6, labels[i]);
        }
    }

    [Fact]
    public void AnImageIsTheSameInAnyBatchAndForAnyNumberOfThreads()
    {
        using var scope = new TensorScope();
        using var plan = InferencePlan.Compile(Sample, Outputs, Formula(scope));
        Tensor input = Input(scope, 3);
        Tensor[] together;
        using (ProcessSettings.Threads(3))
        {
            together = plan.Run(input, scope);
        }

        using (ProcessSettings.Threads(1))
        {
            for (int image = 0; image < 3; image++)
            {
                Tensor[] alone = plan.Run(input.Slice(image, 1), scope);
                for (int i = 0; i < Outputs.Length; i++)
                {
                    int items = alone[i].Shape[0];
                    TensorAssert.SameBits(alone[i].Span, together[i].Slice(image * items, items).Span, Outputs[i]);
                }
            }
        }
    }

    [Fact]
    public void FourThreadsShareAPlan()
    {
        using var scope = new TensorScope();
        using var plan = InferencePlan.Compile(Sample, Outputs, Formula(scope));
        Tensor input = Input(scope, 8);
        float[][][] serial = [.. Enumerable.Range(0, 8).Select(image => Array.ConvertAll(plan.Run(input.Slice(image, 1), scope), y => y.ToArray()))];
        var parallel = new float[8][][];
        var threads = Enumerable.Range(0, 4).Select(thread => new Thread(() =>
        {
            using var own = new TensorScope();
            for (int image = thread; image < 8; image += 4)
            {
                for (int repetition = 0; repetition < 10; repetition++)
                {
                    parallel[image] = Array.ConvertAll(plan.Run(input.Slice(image, 1), own), y => y.ToArray());
                }
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        for (int image = 0; image < 8; image++)
        {
            for (int i = 0; i < Outputs.Length; i++)
            {
                TensorAssert.SameBits(serial[image][i], parallel[image][i], $"image {image}, {Outputs[i]}");
            }
        }
    }

    [Fact]
    public void ACallAllocatesNoManagedMemory()
    {
        // One thread: with more, two kernels may rent scratch of one size at the same time for the first time at any call.
        using IDisposable threads = ProcessSettings.Threads(1);
        using var scope = new TensorScope();
        using var plan = InferencePlan.Compile(Sample, Outputs, Formula(scope));
        Tensor input = Input(scope, 2);
        Tensor[] outputs = plan.Run(input, scope);
        Assert.Equal(0, SteadyAllocation.Of(warmUp: 3, calls: 1, () => plan.Run(input, outputs.AsSpan())));
    }

    [Fact]
    public void OnlyWhatAnOutputNeedsIsAskedFor()
    {
        var asked = new List<string>();
        using var scope = new TensorScope();
        using var plan = InferencePlan.Compile(Sample, ["maps"], WeightSource.FromReader(scope, (name, value) =>
        {
            asked.Add(name);
            FormulaParameters.Fill(name, value.Shape, value.Span);
        }));
        Assert.Equal(Sample.RequiredParameters("maps").Select(parameter => parameter.Name).Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(asked, name => name.StartsWith("attention", StringComparison.Ordinal));
    }

    [Fact]
    public void WrongDestinationsAndNamesAreRefused()
    {
        using var scope = new TensorScope();
        ArgumentException name = Assert.Throws<ArgumentException>(() => InferencePlan.Compile(Sample, ["nowhere"], Formula(scope)));
        Assert.Contains("maps", name.Message, StringComparison.Ordinal);
        using var plan = InferencePlan.Compile(Sample, ["maps"], Formula(scope));
        Tensor input = Input(scope, 1);
        Assert.Throws<ArgumentException>(() => plan.Run(input));
        Assert.Throws<ArgumentException>(() => plan.Run(input, scope.New(new Shape(1, 12, 5, 6))));
        Assert.Throws<ArgumentException>(() => plan.Run(scope.New(new Shape(1, 3, 20, 21)), scope));
    }

    private static Tensor Input(TensorScope scope, int images)
    {
        Shape shape = Sample.InputShape.For(images);
        return scope.From(FormulaParameters.Input("input", shape.ElementCount), shape);
    }

    private static WeightSource Formula(TensorScope scope) =>
        WeightSource.FromReader(scope, (name, value) => FormulaParameters.Fill(name, value.Shape, value.Span));
}
