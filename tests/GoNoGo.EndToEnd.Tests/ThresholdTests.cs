using System.Text.Json;
using GoNoGo.Evaluating;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

public sealed class ThresholdTests(SampleLine line) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_options_it_prints()
    {
        byte[] before = File.ReadAllBytes(line.Model);
        Outcome text = Gonogo.Do("threshold", line.Model);
        Assert.Contains("false-reject-rate 0.01", text.Out, StringComparison.Ordinal);
        using JsonDocument json = Json(line.Model);
        Assert.Equal(4, json.RootElement.GetProperty("calibration_count").GetInt32());
        Assert.Equal("false-reject-rate", json.RootElement.GetProperty("image").GetProperty("rule").GetString());
        Assert.Equal(JsonValueKind.Object, json.RootElement.GetProperty("pixel").ValueKind);
        Assert.Equal(before, File.ReadAllBytes(line.Model));
    }

    [Fact]
    public void A_value_is_stored_and_the_weights_stay_byte_for_byte()
    {
        string model = Copy();
        Gonogo.Do("threshold", model, "--value", "1.5");
        using JsonDocument json = Json(model);
        Assert.Equal(1.5, json.RootElement.GetProperty("image").GetProperty("value").GetDouble());
        Assert.Equal("value", json.RootElement.GetProperty("image").GetProperty("rule").GetString());
        SameTensors(line.Model, model);
        Gonogo.Do("threshold", model, "--value", "-0.25", "--pixel");
        using JsonDocument pixel = Json(model);
        Assert.Equal(-0.25, pixel.RootElement.GetProperty("pixel").GetProperty("value").GetDouble());
        Assert.Equal(1.5, pixel.RootElement.GetProperty("image").GetProperty("value").GetDouble());
        Assert.Equal(3, Gonogo.Run("inspect", model, Path.Combine(line.Data, "test"), "--threshold", "-1e9").Code);
    }

    [Fact]
    public void The_stored_rule_gives_the_stored_bytes_again()
    {
        string model = Copy();
        Gonogo.Do("threshold", model, "--value", "1.5");
        Gonogo.Do("threshold", model, "--value", "1.5", "--pixel");
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.01");
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.01", "--pixel");
        Assert.Equal(File.ReadAllBytes(line.Model), File.ReadAllBytes(model));
    }

    [Fact]
    public void A_larger_rate_gives_a_smaller_threshold()
    {
        string model = Copy();
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.5");
        using JsonDocument strict = Json(model);
        using JsonDocument stored = Json(line.Model);
        Assert.True(Value(strict) < Value(stored));
    }

    [Fact]
    public void Costs_choose_on_labelled_pictures()
    {
        string output = _folder["cheap.gonogo"];
        Gonogo.Do("threshold", line.Model, "--cost-miss", "1000", "--cost-false-alarm", "1", "--data", line.Data, "--output", output);
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("evaluate", output, "--data", line.Data, "--json").Out);
        Assert.Equal(0, json.RootElement.GetProperty("confusion").GetProperty("false_negatives").GetInt32());
        using JsonDocument stored = Json(output);
        Assert.Equal("cost", stored.RootElement.GetProperty("image").GetProperty("rule").GetString());
        Assert.Contains("14 labelled pictures", stored.RootElement.GetProperty("image").GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Costs_and_what_they_lead_to_are_stored_and_told()
    {
        string model = Copy();
        Outcome text = Gonogo.Do("threshold", model, "--cost-miss", "2.5", "--cost-false-alarm", "1", "--data", line.Data);
        using JsonDocument json = Json(model);
        JsonElement costs = json.RootElement.GetProperty("image").GetProperty("costs");
        Assert.Equal(2.5, costs.GetProperty("cost_miss").GetDouble());
        Assert.Equal((4, 10), (costs.GetProperty("good").GetInt32(), costs.GetProperty("defective").GetInt32()));
        int misses = costs.GetProperty("misses").GetInt32();
        int falseAlarms = costs.GetProperty("false_alarms").GetInt32();
        Assert.Equal((2.5 * misses) + falseAlarms, costs.GetProperty("cost").GetDouble());
        Assert.Contains(FormattableString.Invariant($"{misses} of 10 defective missed, {falseAlarms} of 4 good refused"), text.Out, StringComparison.Ordinal);
        Assert.Contains("cost, miss 2.5, false alarm 1", text.Out, StringComparison.Ordinal);
        using JsonDocument evaluation = JsonDocument.Parse(Gonogo.Do("evaluate", model, "--data", line.Data, "--json").Out);
        JsonElement confusion = evaluation.RootElement.GetProperty("confusion");
        Assert.Equal((misses, falseAlarms), (confusion.GetProperty("false_negatives").GetInt32(), confusion.GetProperty("false_positives").GetInt32()));

        // No other value of the threshold is cheaper.
        (double Score, bool IsDefective)[] pictures =
            [.. evaluation.RootElement.GetProperty("pictures").EnumerateArray().Select(part => (part.GetProperty("image_score").GetDouble(), part.GetProperty("defective").GetBoolean()))];
        double CostAt(double threshold) => pictures.Sum(part => part.IsDefective ? (part.Score < threshold ? 2.5 : 0) : part.Score >= threshold ? 1 : 0);
        Assert.Equal(pictures.Select(part => CostAt(part.Score)).Append(CostAt(double.PositiveInfinity)).Min(), (2.5 * misses) + falseAlarms);
        SameTensors(line.Model, model);

        // Another rule leaves nothing of this one.
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.01");
        Assert.Equal(File.ReadAllBytes(line.Model), File.ReadAllBytes(model));
    }

    [Fact]
    public void Costs_choose_the_pixel_threshold_by_what_is_marked_where()
    {
        string model = Copy();
        Gonogo.Do("threshold", model, "--cost-miss", "1", "--cost-false-alarm", "1000", "--pixel", "--data", line.Data);
        using JsonDocument json = Json(model);
        using JsonDocument before = Json(line.Model);
        Assert.Equal(Value(before), Value(json));
        JsonElement pixel = json.RootElement.GetProperty("pixel");
        Assert.Equal("cost", pixel.GetProperty("rule").GetString());
        Assert.Equal(0, pixel.GetProperty("costs").GetProperty("false_alarms").GetInt32());

        // No good part has a marked pixel; as many defective ones are missed as have none in their mask.
        EvaluationResult result = Evaluator.Run(new EvaluateRequest(model, line.Data), cancellation: TestContext.Current.CancellationToken);
        float threshold = pixel.GetProperty("value").GetSingle();
        Assert.All(result.Pictures.Where(picture => !picture.IsDefective), picture => Assert.True(picture.LargestMapValue < threshold));
        Assert.All(result.Pictures.Where(picture => picture.IsDefective), picture => Assert.True(picture.LargestInDefect <= picture.LargestMapValue));
        Assert.Equal(pixel.GetProperty("costs").GetProperty("misses").GetInt32(), result.Pictures.Count(picture => picture.LargestInDefect < threshold));
        SameTensors(line.Model, model);
    }

    [Theory]
    [InlineData("bad", "no test pictures of good parts")]
    [InlineData("good", "no test pictures of defective parts")]
    public void Costs_need_good_and_bad_pictures(string kind, string words)
    {
        string data = _folder["one-kind"];
        CopyPictures(Path.Combine(line.Data, "train", "good"), Path.Combine(data, "train", "good"));
        CopyPictures(Path.Combine(line.Data, "test", "good"), Path.Combine(data, "test", kind));
        // Of a plain folder some good pictures would be taken for the test.
        Directory.CreateDirectory(Path.Combine(data, "ground_truth"));
        Directory.CreateDirectory(Path.Combine(data, "test", "good"));
        byte[] before = File.ReadAllBytes(line.Model);
        Gonogo.Refused(1, [words, "--false-reject-rate"], "threshold", line.Model, "--cost-miss", "1", "--cost-false-alarm", "1", "--data", data);
        Assert.Equal(before, File.ReadAllBytes(line.Model));
    }

    [Fact]
    public void An_existing_output_stays_without_force()
    {
        string output = _folder.File("there.gonogo", "mine"u8);
        Gonogo.Refused(1, ["there.gonogo", "--force"], "threshold", line.Model, "--value", "1", "--output", output);
        Assert.Equal("mine", File.ReadAllText(output));
        Gonogo.Do("threshold", line.Model, "--value", "1", "--output", output, "--force");
        SameTensors(line.Model, output);
    }

    [Theory]
    [InlineData("only one", "--value", "1", "--false-reject-rate", "0.1")]
    [InlineData("together", "--cost-miss", "1")]
    [InlineData("together", "--cost-miss", "1", "--cost-false-alarm", "1")]
    [InlineData("cannot both be 0", "--cost-miss", "0", "--cost-false-alarm", "0", "--data", "x")]
    [InlineData("does not take '-1'", "--cost-miss", "-1", "--cost-false-alarm", "1", "--data", "x")]
    [InlineData("does not take 'NaN'", "--cost-miss", "1", "--cost-false-alarm", "NaN", "--data", "x")]
    [InlineData("belong to", "--data", "x")]
    [InlineData("need a threshold", "--pixel")]
    [InlineData("does not take '1.5'", "--false-reject-rate", "1.5")]
    [InlineData("does not take '0,5'", "--value", "0,5")]
    public void Wrong_combinations_are_wrong_usage(string words, params string[] args) =>
        Gonogo.Refused(2, [words], ["threshold", line.Model, .. args]);

    private static double Value(JsonDocument json) => json.RootElement.GetProperty("image").GetProperty("value").GetDouble();

    private static JsonDocument Json(string model) => JsonDocument.Parse(Gonogo.Do("threshold", model, "--json").Out);

    private static void SameTensors(string expected, string actual)
    {
        using SafetensorsReader left = SafetensorsReader.Open(expected);
        using SafetensorsReader right = SafetensorsReader.Open(actual);
        Assert.Equal(left.Entries.Select(entry => entry.Name), right.Entries.Select(entry => entry.Name));
        foreach (SafetensorsEntry entry in left.Entries)
        {
            Assert.Equal(left.ReadBytes(entry.Name), right.ReadBytes(entry.Name));
        }
    }

    private static void CopyPictures(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private string Copy()
    {
        string copy = _folder["copy.gonogo"];
        File.Copy(line.Model, copy);
        return copy;
    }
}
