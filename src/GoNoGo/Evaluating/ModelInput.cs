using GoNoGo.Tensors;

namespace GoNoGo.Evaluating;

/// <summary>Shows a network's input as a picture.</summary>
internal static class ModelInput
{
    /// <summary><c>[C, H, W]</c> in 0..1 to 8-bit RGB <c>[H, W, 3]</c>; one channel becomes gray.</summary>
    public static byte[] ToRgb(Tensor image)
    {
        int channels = image.Shape[0];
        int pixels = image.Shape[1] * image.Shape[2];
        var rgb = new byte[pixels * 3];
        ReadOnlySpan<float> values = image.Span;
        for (int i = 0; i < pixels; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                float value = values[((channels == 1 ? 0 : c) * pixels) + i];
                rgb[(3 * i) + c] = (byte)Math.Clamp(MathF.Round(value * 255f), 0f, 255f);
            }
        }

        return rgb;
    }
}
