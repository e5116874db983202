using System.Text.Json;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Tensors;
using GoNoGo.Testing;

namespace GoNoGo.Learning.Tests.Autograd.Operators;

/// <summary>A pre-norm transformer block out of operators: the forms of DeiT and of VT-ADL.</summary>
public sealed class TransformerBlockTests
{
    [Theory]
    [InlineData("a", 1e-6f, 4)]
    [InlineData("b", 1e-5f, 8)]
    public void The_published_blocks(string name, float eps, int scaledWidth)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(SharedFolder.RequireFile("spec/golden/transformer_block.json")));
        JsonElement block = file.RootElement.GetProperty("block_" + name);
        using var tape = new Tape(records: false);
        Variable Weight(string key, params int[] dimensions) =>
            block.TryGetProperty(key, out JsonElement values) ? tape.Constant(tape.Scope.From(Numbers(values), new Shape(dimensions))) : default;

        Variable x = tape.Constant(tape.Scope.From(Numbers(file.RootElement.GetProperty("x")), new Shape(1, 5, 8)));
        Variable qkv = x.LayerNorm(Weight("n1_w", 8), Weight("n1_b", 8), eps).Linear(Weight("qkv_w", 24, 8), Weight("qkv_b", 24));
        x = x.Add(qkv.SelfAttention(2, (float)Math.Pow(scaledWidth, -0.5)).Linear(Weight("proj_w", 8, 8), Weight("proj_b", 8)));
        Variable hidden = x.LayerNorm(Weight("n2_w", 8), Weight("n2_b", 8), eps).Linear(Weight("fc1_w", 12, 8), Weight("fc1_b", 12)).Gelu();
        x = x.Add(hidden.Linear(Weight("fc2_w", 8, 12), Weight("fc2_b", 8)));
        TensorAssert.Close(Numbers(file.RootElement.GetProperty("out_" + name)), x.Value.ToArray(), 5e-6);
    }

    private static float[] Numbers(JsonElement nested) =>
        nested.ValueKind == JsonValueKind.Array ? [.. nested.EnumerateArray().SelectMany(Numbers)] : [(float)nested.GetDouble()];
}
