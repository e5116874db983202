using System.Buffers.Binary;
using System.Globalization;
using GoNoGo.Benchmarks.Measurement;
using GoNoGo.Benchmarks.Peers;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Benchmarks.Pictures;

/// <summary>Unpacking a large LZW TIFF, against libtiff.</summary>
internal sealed class TiffLzwBenchmark : IBenchmark
{
    private const int Width = 4000;
    private const int Height = 3000;
    private const double RoundSeconds = 0.5;

    public string Name => "tiff-lzw";

    public string Summary => $"TIFF decode, {Width} x {Height} RGB of 8 bits, LZW with and without predictor, against libtiff (same samples).";

    public void Run(Options options, Report report)
    {
        LibTiff? peer = LibTiff.TryLoad();
        byte[] samples = Picture();
        var theirs = new byte[samples.Length];
        string path = Path.Combine(Path.GetTempPath(), $"gonogo-bench-{Environment.ProcessId}.tif");
        Workers.ThreadCount = 1;
        report.Header("case", "file MB", "ms", "libtiff ms", "ratio", "MB/s", "bytes allocated");
        try
        {
            foreach ((string name, bool predicts, int rows) in new[] { ("predictor, strips of 8 rows", true, 8), ("predictor, one strip", true, Height), ("no predictor, strips of 8 rows", false, 8) })
            {
                if (!options.Wants(name))
                {
                    continue;
                }

                byte[] file = Pack(samples, predicts, rows);
                File.WriteAllBytes(path, file);
                void Ours() => ImageDecoder.Load(path).Dispose();
                void Theirs() => peer.Read(path, theirs);
                using (Image image = ImageDecoder.Load(path))
                {
                    Require(image.Samples8.AsSpan().SequenceEqual(samples), "GoNoGo");
                }

                if (peer is not null)
                {
                    Theirs();
                    Require(theirs.AsSpan().SequenceEqual(samples), "libtiff");
                }

                Contender[] contenders = peer is null ? [new("GoNoGo", Ours)] : [new("GoNoGo", Ours), new("libtiff", Theirs)];
                Timing[] timings = Alternating.Run(options.Rounds, RoundSeconds, options.CpuTime, contenders);
                long before = GC.GetAllocatedBytesForCurrentThread();
                Ours();
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                report.Row(
                    name,
                    Report.Number(file.Length / 1e6, 1),
                    Report.Number(1000 * timings[0].Seconds, 1),
                    peer is null ? "-" : Report.Number(1000 * timings[1].Seconds, 1),
                    peer is null ? "-" : Report.Number(Alternating.Ratio(timings[0], timings[1]), 2),
                    Report.Number(samples.Length / 1e6 / timings[0].Seconds, 0),
                    Report.Number(allocated, 0));
            }
        }
        finally
        {
            File.Delete(path);
        }

        report.Line();
        report.Line(peer is null ? "libtiff is not installed: no ratios." : $"Peer: {peer.Version}, in this process.");
        report.Line();
        report.Line("Both read the file anew each time. Ratio: libtiff's time / our time.");
    }

    private static void Require(bool same, string who)
    {
        if (!same)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{who} reads other samples than were written."));
        }
    }

    /// <summary>Slow waves and edges under a little noise.</summary>
    private static byte[] Picture()
    {
        var random = new Random(1);
        var samples = new byte[Width * Height * 3];
        for (int i = 0; i < samples.Length; i++)
        {
            int pixel = i / 3;
            int x = pixel % Width;
            int y = pixel / Width;
            double value = 110 + (50 * Math.Sin((x / 300.0) + (i % 3))) + (40 * Math.Cos(y / 200.0)) + (((x / 500) + (y / 400)) % 2 * 20);
            samples[i] = (byte)Math.Clamp(value + random.Next(-2, 3), 0, 255);
        }

        return samples;
    }

    private static byte[] Pack(byte[] samples, bool predicts, int rows)
    {
        const int RowBytes = Width * 3;
        var strips = new List<byte[]>();
        for (int first = 0; first < Height; first += rows)
        {
            byte[] strip = samples.AsSpan(first * RowBytes, Math.Min(rows, Height - first) * RowBytes).ToArray();
            for (int i = strip.Length - 1; predicts && i >= 0; i--)
            {
                strip[i] -= i % RowBytes >= 3 ? strip[i - 3] : (byte)0;
            }

            strips.Add(LzwWriter.Pack(strip));
        }

        // Header, fields, bits a sample, offsets, counts, strips.
        (int Tag, int Type, uint[] Values)[] fields =
        [
            (256, 4, [Width]), (257, 4, [Height]), (258, 3, [8, 8, 8]), (259, 3, [5]), (262, 3, [2]), (273, 4, new uint[strips.Count]), (277, 3, [3]),
            (278, 4, [(uint)rows]), (279, 4, [.. strips.Select(strip => (uint)strip.Length)]), (284, 3, [1]), (317, 3, [predicts ? 2u : 1u]),
        ];
        int table = 8 + 2 + (12 * fields.Length) + 4;
        int outside = table;
        uint at = (uint)(table + fields.Sum(field => field.Values.Length > 1 ? 4 * field.Values.Length : 0));
        for (int i = 0; i < strips.Count; i++)
        {
            fields[5].Values[i] = at;
            at += (uint)strips[i].Length;
        }

        var file = new byte[at];
        "II*\0\b\0\0\0"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)fields.Length);
        for (int i = 0; i < fields.Length; i++)
        {
            (int tag, int type, uint[] values) = fields[i];
            Span<byte> field = file.AsSpan(10 + (12 * i), 12);
            BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)tag);
            BinaryPrimitives.WriteUInt16LittleEndian(field[2..], (ushort)type);
            BinaryPrimitives.WriteUInt32LittleEndian(field[4..], (uint)values.Length);
            Span<byte> target = field[8..];
            if (values.Length > 1)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)outside);
                target = file.AsSpan(outside, 4 * values.Length);
                outside += 4 * values.Length;
            }

            for (int value = 0; value < values.Length; value++)
            {
                if (type == 3)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(target[(2 * value)..], (ushort)values[value]);
                }
                else
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(target[(4 * value)..], values[value]);
                }
            }
        }

        for (int i = 0; i < strips.Count; i++)
        {
            strips[i].CopyTo(file.AsSpan((int)fields[5].Values[i]));
        }

        return file;
    }
}
