using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Graphs;
using GoNoGo.Learning.Graphs.Execution;
using GoNoGo.Learning.Graphs.Inference;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;
using Xunit;

namespace GoNoGo.Detection.Tests.Backbones;

/// <summary>Compares a backbone's graph with reference activations and gradients, through every consumer that runs here.</summary>
internal static class BackboneGolden
{
    /// <summary>The limit of the README for outputs: a larger one would hide a wrong eps.</summary>
    public const double Limit = 5e-6;

    /// <summary>The limit for gradients.</summary>
    public const double GradientLimit = 1e-5;

    /// <summary>A source of the reference's formula parameters.</summary>
    public static WeightSource Formula(TensorScope scope) =>
        WeightSource.FromReader(scope, (name, value) => FormulaParameters.Fill(name, value.Shape, value.Span));

    /// <summary>The reference's input.</summary>
    public static Tensor Input(Shape shape, TensorScope scope) => scope.From(FormulaParameters.Input("input", shape.ElementCount), shape);

    /// <summary>Every activation <c>model/act/path</c> that the graph has a label for; paths in <paramref name="without"/> may have none.</summary>
    public static void CheckActivations(Graph graph, string model, int images, Func<string, bool> without)
    {
        Goldens goldens = Goldens.Open("golden/backbones_tiny.safetensors");
        string prefix = model + "/act/";
        string[] paths = [.. goldens.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..])];
        string[] known = [.. paths.Where(path => graph.Labels.ContainsKey(Label(path)))];
        Assert.Equal([], paths.Except(known).Where(path => !without(path)));
        using var scope = new TensorScope();
        using var tape = new Tape(records: false);
        Tensor input = Input(graph.InputShape.For(images), scope);
        string[] labels = [.. known.Select(Label).Distinct()];
        Variable[] values = new TapeExecutor(graph, labels, Formula(scope)).Run(tape.Constant(input));
        using var plan = InferencePlan.Compile(graph, labels, Formula(scope));
        Tensor[] inferred = plan.Run(input, scope);
        foreach (string path in known)
        {
            int index = Array.IndexOf(labels, Label(path));
            TensorAssert.Close(goldens[prefix + path], values[index].Value, Limit);
            TensorAssert.Close(goldens[prefix + path], inferred[index], Limit);
        }
    }

    /// <summary>Every gradient <c>model/grad/parameter</c> of the loss sum(y dy).</summary>
    public static void CheckGradients(Graph graph, string model, string output, int images)
    {
        Goldens goldens = Goldens.Open("golden/backbones_tiny.safetensors");
        using var scope = new TensorScope();
        using var tape = new Tape();
        Variable input = tape.Input(Input(graph.InputShape.For(images), scope));
        var executor = new TapeExecutor(graph, [output], Formula(scope));
        Variable y = executor.Run(input)[0];
        TensorAssert.Close(goldens[model + "/y"], y.Value, Limit);
        tape.Backward(y, scope.From(FormulaParameters.Input("dy", y.Shape.ElementCount), y.Shape));
        string prefix = model + "/grad/";
        string[] names = [.. goldens.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..])];
        Assert.Equal(names.Where(name => name != "@input").Order(StringComparer.Ordinal), executor.Parameters.Select(parameter => parameter.Name).Order(StringComparer.Ordinal));
        TensorAssert.Close(goldens[prefix + "@input"], input.Gradient, GradientLimit);
        foreach (Parameter parameter in executor.Parameters)
        {
            TensorAssert.Close(goldens[prefix + parameter.Name], parameter.Gradient, GradientLimit);
        }
    }

    /// <summary>Outputs of a full-size network against goldens: through the plan, and through the tape.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="outputs">Names of outputs or labels.</param>
    /// <param name="check">Told how the results came about, and the results.</param>
    public static void RunBoth(Graph graph, string[] outputs, Action<string, Tensor[]> check)
    {
        using var scope = new TensorScope();
        Tensor input = Input(graph.InputShape.For(1), scope);
        using (var plan = InferencePlan.Compile(graph, outputs, Formula(scope)))
        {
            check("plan", plan.Run(input, scope));
        }

        using var tape = new Tape(records: false);
        Variable[] values = new TapeExecutor(graph, outputs, Formula(scope)).Run(tape.Constant(input));
        check("tape", Array.ConvertAll(values, value => value.Value));
    }

    /// <summary>The module path of an activation; tuples are <c>path#0</c>.</summary>
    private static string Label(string path) => path.EndsWith("#0", StringComparison.Ordinal) ? path[..^2] : path;
}
