using GoNoGo.Detection.Backbones;
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
    /// <param name="graph">The network.</param>
    /// <param name="model">The model in the goldens.</param>
    /// <param name="images">B.</param>
    /// <param name="without">Paths that the graph may lack.</param>
    /// <param name="overwritten">The module that overwrote a stored activation in place, by the path of the one that made it.</param>
    public static void CheckActivations(Graph graph, string model, int images, Func<string, bool> without, Func<string, string>? overwritten = null)
    {
        string Label(string path)
        {
            string module = path.EndsWith("#0", StringComparison.Ordinal) ? path[..^2] : path;
            return overwritten is null ? module : overwritten(module);
        }

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
            GoldenTensor expected = goldens[prefix + path];
            TensorAssert.Close(expected, WithShapeOf(expected, values[index].Value), Limit);
            TensorAssert.Close(expected, WithShapeOf(expected, inferred[index]), Limit);
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

    /// <summary>How many trained values some outputs need.</summary>
    public static long Count(Backbone backbone, params string[] outputs) =>
        backbone.RequiredParameters(outputs).Where(parameter => !parameter.IsBuffer).Sum(parameter => parameter.Shape.ElementCount);

    /// <summary>Names, shapes and counts of a variant's tensors against the reference's lists.</summary>
    /// <param name="id">The variant.</param>
    /// <param name="name">Its name in <c>counts.csv</c>; null where it has no head.</param>
    /// <param name="file">The list of its tensors.</param>
    public static void CheckParameters(string id, string? name, string file)
    {
        Backbone backbone = BackboneCatalog.Create(id);
        string[] outputs = name is null ? [Backbone.LastLevel] : [Backbone.LastLevel, Backbone.Logits];
        if (name is not null)
        {
            string[] counts = File.ReadAllLines(SharedFolder.RequireFile("golden/counts.csv"));
            Assert.Contains(FormattableString.Invariant($"backbone,\"{name}\",{Count(backbone, outputs)},\"with classification head(s)\""), counts);
            Assert.Contains(FormattableString.Invariant($"backbone,\"{name} without heads\",{Count(backbone, Backbone.LastLevel)},\"\""), counts);
        }

        string[] expected = [.. File.ReadAllLines(SharedFolder.RequireFile("golden/" + file)).Skip(1)
            .Select(line => line.Split(','))
            .Where(row => !(name is null ? backbone.IsIgnorable(row[0]) : row[4] == "ignored"))
            .Select(row => $"{row[0]} {row[2]}")];
        string[] actual = [.. backbone.RequiredParameters(outputs).Select(parameter => $"{parameter.Name} {string.Join('x', parameter.Shape.ToArray())}")];
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    /// <summary>Pooled activations have a dimension of 1 at the end in the reference.</summary>
    private static Tensor WithShapeOf(GoldenTensor expected, Tensor actual) =>
        expected.Shape.Rank == actual.Shape.Rank + 1 && expected.Shape[-1] == 1 ? actual.Reshape(expected.Shape) : actual;
}
