using System.Diagnostics;
using System.Globalization;
using GoNoGo.Detection.Models;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Models;

/// <summary>What a model costs on this machine.</summary>
/// <param name="MedianSeconds">Half of the calls took at most so long: one decoded picture to score and map, resize included.</param>
/// <param name="SlowestSeconds">The slowest call.</param>
/// <param name="Calls">Calls that were timed, after warming up.</param>
/// <param name="PictureWidth">Width of the picture: the largest of the training pictures.</param>
/// <param name="PictureHeight">Its height.</param>
/// <param name="Threads">Threads that computed.</param>
/// <param name="PeakBytes">The most memory that the whole process held, loading included.</param>
/// <param name="Machine">Processor, runtime and system.</param>
public sealed record ModelMeasurement(
    double MedianSeconds, double SlowestSeconds, int Calls, int PictureWidth, int PictureHeight, int Threads, long PeakBytes, string Machine)
{
    private const int WarmingCalls = 3;
    private const int FewestCalls = 9;
    private const int MostCalls = 101;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(3);

    /// <summary>Loads a model and judges one made-up picture again and again.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="weights">The file of the backbone's weights for a model that does not hold them; null: from the store.</param>
    /// <param name="cancellation">Stops between two calls.</param>
    /// <exception cref="ModelException">The model cannot be used, or the weights are not there.</exception>
    public static ModelMeasurement Run(string path, string? weights = null, CancellationToken cancellation = default)
    {
        using LoadedModel model = ModelLoader.Load(path, weights);
        TrainingData data = model.Manifest.TrainingData;
        using Image picture = MadeUp(data);
        using var scope = new TensorScope();
        var times = new List<double>();
        var all = Stopwatch.StartNew();
        for (int call = -WarmingCalls; times.Count < FewestCalls || (times.Count < MostCalls && all.Elapsed < Enough); call++)
        {
            cancellation.ThrowIfCancellationRequested();
            scope.Reset();
            long start = Stopwatch.GetTimestamp();
            model.Scorer.Score(picture, scope);
            if (call >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        times.Sort();
        return new ModelMeasurement(
            times[times.Count / 2], times[^1], times.Count, picture.Width, picture.Height, Workers.ThreadCount, PeakOfProcess(), $"{MachineInfo.Processor}, {MachineInfo.Platform}");
    }

    /// <summary>A picture of the kind that the model was trained on, every sample another.</summary>
    private static Image MadeUp(TrainingData data)
    {
        (int width, int height, int channels) = (data.Widths[^1], data.Heights[^1], data.Channels[^1] == 1 ? 1 : 3);
        int count = checked(width * height * channels);
        var random = new Random(1);
        switch (data.BitDepths?[^1] ?? 8)
        {
            case 8:
                var bytes = new byte[count];
                random.NextBytes(bytes);
                return new Image(width, height, channels, bytes);
            case 16:
                var words = new ushort[count];
                random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()));
                return new Image(width, height, channels, words);
            default:
                var floats = new float[count];
                for (int i = 0; i < count; i++)
                {
                    floats[i] = random.NextSingle();
                }

                return new Image(width, height, channels, floats);
        }
    }

    private static long PeakOfProcess()
    {
        if (OperatingSystem.IsLinux())
        {
            string? line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            if (line is not null)
            {
                return 1024 * long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }

        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }
}
