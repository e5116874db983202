using System.Globalization;
using System.Text.Json;
using GoNoGo.Tensors.Random;
using GoNoGo.Testing;

namespace GoNoGo.Tensors.Tests.Random;

public sealed class PythonShuffleTests
{
    [Fact]
    public void First_outputs_of_seed_24()
    {
        var twister = new MersenneTwister(24);
        Assert.Equal([3059489832, 1644374017, 3606912411, 2503015641, 784226196], Enumerable.Range(0, 5).Select(_ => twister.NextBits()));
    }

    /// <summary>The authors' own check of init_by_array: keys 0x123, 0x234, 0x345, 0x456.</summary>
    [Fact]
    public void First_outputs_of_several_key_words()
    {
        var twister = new MersenneTwister([0x123, 0x234, 0x345, 0x456]);
        Assert.Equal([1067595299, 955945823, 477289528, 4107218783, 4228976476], Enumerable.Range(0, 5).Select(_ => twister.NextBits()));
    }

    [Fact]
    public void Permutations_are_those_of_python() => Check(SharedFolder.Small("shuffle_seed24.json"), atLeast: 8);

    [Fact]
    public void All_permutations_are_those_of_python() => Check(SharedFolder.RequireFile("spec/golden/shuffle_seed24.json"), atLeast: 30);

    [Theory]
    [InlineData(5, 0.5, 2)]
    [InlineData(7, 0.5, 4)]
    [InlineData(0, 0.8, 0)]
    [InlineData(1, 0.8, 1)]
    public void Halves_go_to_even(int count, double share, int expected) => Assert.Equal(expected, PythonShuffle.FitCount(count, share));

    private static void Check(string path, int atLeast)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        int cases = 0;
        foreach (JsonProperty property in document.RootElement.GetProperty("permutations").EnumerateObject())
        {
            int[] expected = [.. property.Value.EnumerateArray().Select(item => item.GetInt32())];
            Assert.Equal(expected, PythonShuffle.Permutation(24, int.Parse(property.Name, CultureInfo.InvariantCulture)));
            cases++;
        }

        Assert.True(cases >= atLeast);
        foreach (JsonProperty property in document.RootElement.GetProperty("fit_count_round_half_even").EnumerateObject())
        {
            Assert.Equal(property.Value.GetInt32(), PythonShuffle.FitCount(int.Parse(property.Name, CultureInfo.InvariantCulture)));
        }
    }
}
