/** What the channel asks of Twilio: the parameters of its Messages resource that it uses. */
export interface TwilioMessageParams {
  readonly to: string
  readonly from?: string
  readonly messagingServiceSid?: string
  readonly body?: string
  readonly contentSid?: string
  /** A JSON object of texts by the names of the template's variables. */
  readonly contentVariables?: string
  readonly statusCallback?: string
  /** Seconds: 1 to 36,000. */
  readonly validityPeriod?: number
}

/** What the channel reads of the message that Twilio made. */
export interface TwilioMessage {
  readonly sid: string
  readonly status?: string
  readonly errorCode?: number | null
  /** 0 as long as a Messaging Service has not chosen the sender. */
  readonly numSegments?: string | null
  /** Negative, in `priceUnit`; null as long as it is not known. */
  readonly price?: string | null
  readonly priceUnit?: string | null
}

/** A client of Twilio: the one of the package `twilio`, or anything that creates messages as it does. */
export interface TwilioClient {
  readonly messages: { create(params: TwilioMessageParams): Promise<TwilioMessage> }
  /** Tells accounts apart whose limits are shared. */
  readonly accountSid?: string
}
