using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Layers;

public sealed class WeightSourceTests
{
    [Fact]
    public void Names_and_shapes_are_those_of_the_checkpoint()
    {
        using var scope = new TensorScope();
        WeightSource source = WeightSource.Fresh(scope, 1);
        _ = new Model(source);
        Assert.Equal(
            ["conv.weight [6, 2, 3, 3]", "conv.bias [6]", "up.weight [6, 2, 4, 4]", "norm.weight [4]", "norm.bias [4]", "head.norm.weight [4, 3]",
                "head.norm.bias [4, 3]", "head.fc.weight [5, 3]"],
            source.Parameters.Select(parameter => $"{parameter.Name} {parameter.Shape}"));
        Assert.Equal(
            ["norm.running_mean [4]", "norm.running_var [4]", "norm.num_batches_tracked []"],
            source.Buffers.Select(buffer => $"{buffer.Key} {buffer.Value.Shape}"));
        Assert.Equal([1f, 1, 1, 1], source.Parameters[3].Value.ToArray());
        Assert.Equal([1f, 1, 1, 1], source.Buffers[1].Value.ToArray());
    }

    [Fact]
    public void A_start_value_depends_on_seed_and_name_only()
    {
        using var scope = new TensorScope();
        Parameter Make(ulong seed, string path)
        {
            WeightSource source = WeightSource.Fresh(scope, seed);
            return new Linear(new LinearOptions(7, 5), path.Length == 0 ? source : source.Child(path)).Weight;
        }

        Assert.Equal(Make(1, "a").Value.ToArray(), Make(1, "a").Value.ToArray());
        Assert.NotEqual(Make(1, "a").Value.ToArray(), Make(2, "a").Value.ToArray());
        Assert.NotEqual(Make(1, "a").Value.ToArray(), Make(1, "b").Value.ToArray());
        Assert.All(Make(1, "a").Value.ToArray(), value => Assert.InRange(value, -1 / Math.Sqrt(7), 1 / Math.Sqrt(7)));
    }

    [Fact]
    public void A_saved_model_is_read_back_and_strangers_are_refused()
    {
        using var scope = new TensorScope();
        WeightSource source = WeightSource.Fresh(scope, 1);
        var model = new Model(source);
        using var tape = new Tape(records: false);
        Variable x = tape.Constant(scope.From(FormulaParameters.Input("x", 2 * 2 * 5 * 6), new Shape(2, 2, 5, 6)));
        float[] before = model.Forward(x, training: true).Value.ToArray();
        float[] expected = model.Forward(x, training: false).Value.ToArray();
        Assert.NotEqual(before, expected);

        using SafetensorsReader reader = Save(source, _ => true);
        WeightSource read = WeightSource.FromFile(scope, reader, "head/");
        Assert.Equal(expected, new Model(read).Forward(x, training: false).Value.ToArray());
        read.CheckAllUsed();

        WeightSource part = WeightSource.FromFile(scope, reader, "head/");
        _ = new Linear(new LinearOptions(3, 5) { Bias = false }, part.Child("head").Child("fc"));
        Assert.Contains("no place", Assert.Throws<TensorFileException>(() => part.CheckAllUsed()).Message, StringComparison.Ordinal);
        part.CheckAllUsed(name => !name.StartsWith("head.fc", StringComparison.Ordinal));
        Assert.Contains("[5, 3]", Assert.Throws<TensorFileException>(() =>
            new Linear(new LinearOptions(4, 5) { Bias = false }, part.Child("head").Child("fc"))).Message, StringComparison.Ordinal);

        using SafetensorsReader incomplete = Save(source, name => name != "norm.running_var");
        Assert.Contains("head/norm.running_var", Assert.Throws<TensorFileException>(() =>
            new Model(WeightSource.FromFile(scope, incomplete, "head/"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contradictory_options_are_refused()
    {
        using var scope = new TensorScope();
        WeightSource source = WeightSource.Fresh(scope, 1);
        Assert.Throws<ArgumentException>(() => new Conv2d(new Conv2dOptions(4, 6, 3) { Groups = 3 }, source));
        Assert.Throws<ArgumentException>(() => new Conv2d(new Conv2dOptions(4, 6, 3) { KeepsExtent = true, Stride = 2 }, source));
        Assert.Throws<ArgumentException>(() => new ConvTranspose2d(new ConvTranspose2dOptions(4, 6, 3) { Groups = 4 }, source));
    }

    [Fact]
    public void Values_that_are_no_numbers_are_warned_of()
    {
        using var scope = new TensorScope();
        WeightSource source = WeightSource.Fresh(scope, 1);
        var model = new Model(source);
        source.Parameters[2].Value.Span[^1] = float.NaN;
        source.Parameters[2].Value.Span[3] = float.NegativeInfinity;
        using SafetensorsReader file = Save(source, _ => true);
        WeightSource read = WeightSource.FromFile(scope, file, "head/");
        _ = new Model(read);
        string warning = Assert.Single(read.Warnings);
        Assert.Contains($"tensor 'head/{source.Parameters[2].Name}' holds 2 values that are NaN or infinite", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_have_right_gradients()
    {
        using var scope = new TensorScope();
        var model = new Model(WeightSource.Fresh(scope, 1));
        GradientCheck.RunSingle(inputs => model.Forward(inputs[0], training: false), [GradientInput.Random("x", new Shape(2, 2, 5, 6))], limit: 5e-3);
    }

    private static SafetensorsReader Save(WeightSource source, Func<string, bool> keeps)
    {
        var writer = new SafetensorsWriter();
        foreach (Parameter parameter in source.Parameters.Where(parameter => keeps(parameter.Name)))
        {
            writer.Add("head/" + parameter.Name, parameter.Value);
        }

        foreach ((string name, Tensor tensor) in source.Buffers.Where(buffer => keeps(buffer.Key)))
        {
            writer.Add("head/" + name, tensor);
        }

        var stream = new MemoryStream();
        writer.Write(stream);
        return SafetensorsReader.Open(stream, "model");
    }

    private sealed class Model(WeightSource source)
    {
        private readonly Conv2d _conv = new(new Conv2dOptions(2, 6, 3) { KeepsExtent = true }, source.Child("conv"));
        private readonly ConvTranspose2d _up = new(new ConvTranspose2dOptions(6, 4, 4) { Groups = 2, Stride = 2, Padding = 1, Bias = false }, source.Child("up"));
        private readonly BatchNorm2d _norm = new(new BatchNorm2dOptions(4), source.Child("norm"));
        private readonly LayerNorm _layerNorm = new(new LayerNormOptions(new Shape(4, 3)), source.Child("head").Child("norm"));
        private readonly Linear _fc = new(new LinearOptions(3, 5) { Bias = false }, source.Child("head").Child("fc"));

        public Variable Forward(Variable x, bool training) =>
            _fc.Forward(_layerNorm.Forward(_norm.Forward(_up.Forward(_conv.Forward(x)), training).Reshape(new Shape(40, 2, 4, 3))));
    }
}
