using GoNoGo.Detection.Backbones;
using GoNoGo.Detection.Scoring;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Training;

/// <summary>Finds the range of each channel over pictures as a network would see them (choice 2, <c>minmax</c>).</summary>
internal static class ChannelRangeFinder
{
    /// <summary>The ranges.</summary>
    /// <param name="items">The pictures that are fitted, at least one.</param>
    /// <param name="frame">How they are seen, at unit scale.</param>
    /// <param name="cancellation">Stops between two pictures.</param>
    public static ChannelRange[] Find(DatasetItem[] items, PictureFrame frame, CancellationToken cancellation)
    {
        int channels = frame.Preprocessing.Channels;
        var found = new ChannelRange[items.Length][];
        Workers.For(items.Length, new Body(items, frame, found, cancellation));
        return [.. Enumerable.Range(0, channels).Select(channel => new ChannelRange(
            found.Min(ranges => ranges[channel].Smallest), found.Max(ranges => ranges[channel].Largest)))];
    }

    private readonly struct Body(DatasetItem[] items, PictureFrame frame, ChannelRange[][] found, CancellationToken cancellation) : IParallelBody
    {
        public void Invoke(int index)
        {
            cancellation.ThrowIfCancellationRequested();
            Preprocessing preprocessing = frame.Preprocessing;
            using Image image = items[index].LoadImage(preprocessing.Decoding());
            using var scope = new TensorScope();
            Tensor input = scope.New(new Shape(preprocessing.Channels, preprocessing.Height, preprocessing.Width));
            frame.Run(image, input.Span);
            found[index] = [.. Enumerable.Range(0, preprocessing.Channels).Select(channel => Range(input[channel].Span))];
        }

        private static ChannelRange Range(ReadOnlySpan<float> values)
        {
            (float smallest, float largest) = (values[0], values[0]);
            foreach (float value in values)
            {
                smallest = MathF.Min(smallest, value);
                largest = MathF.Max(largest, value);
            }

            return new ChannelRange(smallest, largest);
        }
    }
}
